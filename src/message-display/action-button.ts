/**
 * A button that only the user presses: a script of the message's could not run, but what it drew may
 * look the same.
 * @param name for screen readers, where the label alone does not tell what it is about
 */
export function actionButton(label: string, act: () => void, name = label): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = label;
  if (name !== label) element.setAttribute("aria-label", name);
  element.addEventListener("click", (event) => {
    if (event.isTrusted) act();
  });
  return element;
}
