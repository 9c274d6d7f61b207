import { useEffect, useRef, useState } from "preact/hooks";
import { text } from "../../thunderbird/i18n.ts";
import { Icon, type IconName } from "../components/icon.tsx";
import { sectionOf, sections, type Section } from "./sections.ts";

export const sectionTitles = {
  certificates: "section_certificates",
  request: "section_request",
  people: "section_people",
  find: "section_find",
  trust: "section_trust",
  preferences: "section_preferences",
} as const satisfies Record<Section, string>;

const icons: Record<Section, IconName> = {
  certificates: "signed",
  request: "new-file",
  people: "person",
  find: "search",
  trust: "shield",
  preferences: "sliders",
};

/** The categories as links, the present one marked. */
export function Navigation({ current }: { current: Section }) {
  return (
    <nav aria-label={text("options_sections")}>
      <ul>
        {sections.map((section) => (
          <li key={section}>
            <a href={`#${section}`} {...(section === current ? { "aria-current": "page" } : {})}>
              <Icon name={icons[section]} />
              <span>{text(sectionTitles[section])}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/**
 * The category that the page's address names, and the heading that gets the focus when another one
 * is chosen: what is below the links has changed, and reading goes on there.
 */
export function useSection() {
  const [section, setSection] = useState(() => sectionOf(location.hash));
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const follow = () => {
      setSection(sectionOf(location.hash));
      window.scrollTo(0, 0);
      heading.current?.focus();
    };
    window.addEventListener("hashchange", follow);
    return () => {
      window.removeEventListener("hashchange", follow);
    };
  }, []);
  useEffect(() => {
    document.title = text("options_title", text(sectionTitles[section]));
  }, [section]);
  return { section, heading };
}
