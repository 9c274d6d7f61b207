import type { FunctionComponent } from "preact";
import { text } from "../../thunderbird/i18n.ts";
import { mount } from "../components/mount.tsx";
import { Certificates } from "./certificates.tsx";
import { Find } from "./find.tsx";
import { Navigation, sectionTitles, useSection } from "./navigation.tsx";
import { People } from "./people.tsx";
import { Preferences } from "./preferences.tsx";
import { Request } from "./request.tsx";
import type { Section } from "./sections.ts";
import { Trust } from "./trust.tsx";

/** What stands below the title of each category. */
const contents: Record<Section, FunctionComponent> = {
  certificates: Certificates,
  request: Request,
  people: People,
  find: Find,
  trust: Trust,
  preferences: Preferences,
};

function Options() {
  const { section, heading } = useSection();
  const Content = contents[section];
  return (
    <div class="settings">
      <header>
        <img src="../../icons/logo.svg" alt="" width="32" height="32" />
        <span>{text("extensionName")}</span>
      </header>
      <Navigation current={section} />
      <main>
        <h1 ref={heading} tabIndex={-1}>
          {text(sectionTitles[section])}
        </h1>
        <Content />
      </main>
    </div>
  );
}

mount(text("extensionName"), <Options />);
