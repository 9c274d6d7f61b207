import { api } from "./api.ts";

/** What a button says for one tab, in words of the locale, and the name of an icon. */
export interface ButtonFace {
  readonly label: string;
  readonly tooltip: string;
  readonly icon: string;
}

function iconPath(icon: string) {
  return { 16: `/icons/${icon}.svg`, 32: `/icons/${icon}.svg` };
}

export async function setMessageButton(tabId: number, face: ButtonFace): Promise<void> {
  await Promise.all([
    api.messageDisplayAction.setLabel({ tabId, label: face.label }),
    api.messageDisplayAction.setTitle({ tabId, title: face.tooltip }),
    api.messageDisplayAction.setIcon({ tabId, path: iconPath(face.icon) }),
  ]);
}

export async function setComposeButton(tabId: number, face: ButtonFace): Promise<void> {
  await Promise.all([
    api.composeAction.setLabel({ tabId, label: face.label }),
    api.composeAction.setTitle({ tabId, title: face.tooltip }),
    api.composeAction.setIcon({ tabId, path: iconPath(face.icon) }),
  ]);
}
