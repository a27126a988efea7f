import type { IconNode } from "lucide";
import type { ComponentChildren, JSX, Ref } from "preact";
import { Icon } from "./icon";

export interface ButtonProps extends Omit<JSX.IntrinsicElements["button"], "icon" | "size" | "label" | "ref"> {
  icon?: IconNode | undefined;
  /** The name of a button that shows an icon only; with text, the tooltip. */
  label?: string | undefined;
  look?: "primary" | "quiet" | "danger" | "danger primary" | undefined;
  small?: boolean | undefined;
  buttonRef?: Ref<HTMLButtonElement> | undefined;
  children?: ComponentChildren;
}

export function Button({ icon, label, look, small, buttonRef, children, ...rest }: ButtonProps): JSX.Element {
  const classes = ["button", look, small && "small", !children && "icon-only"].filter(Boolean).join(" ");
  return (
    <button
      type="button"
      {...(label ? { title: label } : {})}
      {...(label && !children ? { "aria-label": label } : {})}
      {...rest}
      {...(buttonRef ? { ref: buttonRef } : {})}
      class={classes}
    >
      {icon && <Icon of={icon} size={small ? 14 : 16} />}
      {children}
    </button>
  );
}
