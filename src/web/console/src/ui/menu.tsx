import type { IconNode } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { isTyping } from "../keyboard/keys";
import { Icon } from "./icon";

const leaving = ["pointerdown", "focusin"] as const;
const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

interface MenuProps {
  label: string;
  side?: "below" | "above";
  align?: "start" | "end";
  onClose: () => void;
  children: ComponentChildren;
}

/**
 * Opens beside its button (both in a `.menu-place`): arrows and Tab move, Escape closes it, as do a click and the focus elsewhere; the focus
 * goes back. A dialog to screen readers, for it may hold switches and fields, which a menu may not.
 */
export function Menu({ label, side = "below", align = "start", onClose, children }: MenuProps): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  // At once: a key may come before the next frame.
  useLayoutEffect(() => {
    const menu = element.current;
    const before = document.activeElement as HTMLElement | null;
    items(menu)[0]?.focus();
    const outside = (event: Event) => {
      if (!menu?.parentElement?.contains(event.target as Node)) onClose();
    };
    for (const name of leaving) document.addEventListener(name, outside, true);
    return () => {
      for (const name of leaving) document.removeEventListener(name, outside, true);
      const { activeElement } = document;
      if (menu?.contains(activeElement) || activeElement === document.body) before?.focus();
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (event.key === "Escape") onClose();
    else if (step && !isTyping(event.target)) moveFocus(element.current, step);
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
  return [...(menu?.querySelectorAll<HTMLElement>("button:enabled, input") ?? [])];
}

function moveFocus(menu: HTMLElement | null, step: number): void {
  const all = items(menu);
  const at = all.indexOf(document.activeElement as HTMLElement);
  all[(at + step + all.length) % all.length]?.focus();
}
