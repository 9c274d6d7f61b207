import { useEffect, useState } from "preact/hooks";
import { text } from "../../thunderbird/i18n.ts";
import { Icon } from "./icon.tsx";

export interface ChosenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Key and certificate files are a few kilobytes; what is larger is not read at all. */
const LARGEST = 4 * 1024 * 1024;

/**
 * A file by drag and drop or from the picker.
 * @param onFile gets null for a file that is too large to be the right one
 */
export function FileDrop({
  id,
  label,
  accept,
  largest = LARGEST,
  onFile,
}: {
  id: string;
  label: string;
  accept: string;
  /** In octets; a larger file is not read. */
  largest?: number;
  onFile: (file: ChosenFile | null) => void;
}) {
  const [over, setOver] = useState(false);

  // A file that misses the zone must not make the tab show the file instead of this page.
  useEffect(() => {
    const ignore = (event: DragEvent) => {
      event.preventDefault();
    };
    window.addEventListener("dragover", ignore);
    window.addEventListener("drop", ignore);
    return () => {
      window.removeEventListener("dragover", ignore);
      window.removeEventListener("drop", ignore);
    };
  }, []);

  const take = async (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file === undefined) return;
    onFile(
      file.size > largest
        ? null
        : { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) },
    );
  };
  return (
    <div
      class={over ? "drop over" : "drop"}
      onDragEnter={() => {
        setOver(true);
      }}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => {
        setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer?.files);
      }}
    >
      <Icon name="file" />
      <label for={id} class="what">
        {label}
      </label>
      {/* Its own button speaks Thunderbird's language only where that is no language pack. */}
      <input
        id={id}
        type="file"
        class="visually-hidden"
        accept={accept}
        onChange={(event) => {
          const input = event.currentTarget;
          // The same file can be chosen again after a failure.
          void take(input.files).finally(() => {
            input.value = "";
          });
        }}
      />
      <label for={id} class="choose">
        {text("drop_choose")}
      </label>
      <span class="hint">{text("drop_hint")}</span>
    </div>
  );
}
