/** A text of an inbox: locale to text. */
export type LocalText = Record<string, string>;

/** What a page needs before anybody is known. */
export interface WidgetSettings {
  key: string;
  name: string;
  appearance: InboxAppearance;
  /** Some operator of the inbox is there. */
  online: boolean;
  queuePosition: boolean;
  form?: PreChatForm;
  /** Absent: always open. */
  hours?: OpenState;
  offlineText?: LocalText;
}

export interface InboxAppearance {
  color: string;
  position: "right" | "left";
  theme: "auto" | "light" | "dark";
  title?: LocalText;
  launcher?: LocalText;
  greeting?: LocalText;
  logo?: string;
}

export interface OpenState {
  open: boolean;
  opensAt?: string;
}

export interface PreChatForm {
  fields: FormField[];
}

export interface FormField {
  name: string;
  type: "text" | "email" | "phone" | "select" | "multiline";
  label: LocalText;
  required: boolean;
  options?: FormOption[];
}

export interface FormOption {
  value: string;
  label: LocalText;
}
