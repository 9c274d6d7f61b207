import { api } from "./api.ts";

/** What a button says for one tab: a locale key for the label and the name of an icon. */
export interface ButtonFace {
  readonly label: string;
  readonly icon: string;
}

function iconPath(icon: string) {
  return { 16: `/icons/${icon}.svg`, 32: `/icons/${icon}.svg` };
}

export async function setMessageButton(tabId: number, face: ButtonFace): Promise<void> {
  await Promise.all([
    api.messageDisplayAction.setTitle({ tabId, title: face.label }),
    api.messageDisplayAction.setIcon({ tabId, path: iconPath(face.icon) }),
  ]);
}

export async function setComposeButton(tabId: number, face: ButtonFace): Promise<void> {
  await Promise.all([
    api.composeAction.setTitle({ tabId, title: face.label }),
    api.composeAction.setIcon({ tabId, path: iconPath(face.icon) }),
  ]);
}
