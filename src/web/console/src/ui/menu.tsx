import type { IconNode } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icon";

interface MenuProps {
  label: string;
  side?: "below" | "above";
  align?: "start" | "end";
  onClose: () => void;
  children: ComponentChildren;
}

/**
 * Opens beside its button (both in a `.menu-place`): arrows move, Escape and a click elsewhere close it, the focus goes back. A dialog to
 * screen readers, for it may hold switches and fields, which a menu may not.
 */
export function Menu({ label, side = "below", align = "start", onClose, children }: MenuProps): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    items(element.current)[0]?.focus();
    const outside = (event: PointerEvent) => {
      if (!element.current?.parentElement?.contains(event.target as Node)) onClose();
    };
    document.addEventListener("pointerdown", outside, true);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      if (
        element.current === null ||
        element.current.contains(document.activeElement) ||
        document.activeElement === document.body
      )
        before?.focus();
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    else if (event.key === "ArrowDown") moveFocus(element.current, 1);
    else if (event.key === "ArrowUp") moveFocus(element.current, -1);
    else if (event.key === "Tab") return onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={element} class={`menu ${side} ${align}`} role="dialog" aria-label={label} tabIndex={-1} onKeyDown={onKeyDown}>
      {children}
    </div>
  );
}

interface MenuItemProps {
  icon?: IconNode;
  checked?: boolean;
  danger?: boolean;
  end?: ComponentChildren;
  onPick: () => void;
  children: ComponentChildren;
}

export function MenuItem({ icon, checked, danger, end, onPick, children }: MenuItemProps): JSX.Element {
  return (
    <button type="button" class={`menu-item${danger ? " danger" : ""}`} aria-pressed={checked} onClick={onPick}>
      {icon && <Icon of={icon} />}
      <span class="cut">{children}</span>
      {(end || checked) && <span class="end">{checked ? "✓" : end}</span>}
    </button>
  );
}

function items(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>(".menu-item, input") ?? [])];
}

function moveFocus(menu: HTMLElement | null, step: number): void {
  const all = items(menu);
  const at = all.indexOf(document.activeElement as HTMLElement);
  all[(at + step + all.length) % all.length]?.focus();
}
