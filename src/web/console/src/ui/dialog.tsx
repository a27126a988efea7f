import { X } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../texts";
import { Button } from "./button";

interface DialogProps {
  title: string;
  onClose: () => void;
  wide?: boolean;
  /** Stands near the top and shows no head: for the palette. */
  bare?: boolean;
  children: ComponentChildren;
}

/** The browser's modal dialog: it holds the focus, closes on Escape and gives the focus back. */
export function Dialog({ title, onClose, wide, bare, children }: DialogProps): JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the keyboard's way, the browser brings it as "cancel"
    <dialog
      ref={element}
      class={`dialog${wide ? " wide" : ""}${bare ? " top" : ""}`}
      aria-labelledby={bare ? undefined : titleId}
      aria-label={bare ? title : undefined}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      {!bare && (
        <header class="dialog-head">
          <h2 id={titleId}>{title}</h2>
          <Button icon={X} label={t("close")} look="quiet" small onClick={onClose} />
        </header>
      )}
      {bare ? children : <div class="dialog-body">{children}</div>}
    </dialog>
  );
}
