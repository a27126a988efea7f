import { useSignal } from "@preact/signals";
import { ChevronsUpDown, LogOut, Minus, Plus } from "lucide";
import type { JSX } from "preact";
import { askForNotifications } from "../notify/notify";
import { availability, setAvailability } from "../state/availability";
import { me } from "../state/chat";
import { prefs, setPrefs, type Theme } from "../state/prefs";
import { signOut } from "../state/session";
import type { Availability } from "../state/types";
import { type Locale, type TextKey, t } from "../texts";
import { Avatar, type Tone } from "../ui/avatar";
import { Button } from "../ui/button";
import { Switch } from "../ui/field";
import { Icon } from "../ui/icon";
import { Menu, MenuItem } from "../ui/menu";
import { Segments } from "../ui/segments";

export const tones: Record<Availability, Tone> = { online: "good", away: "warn", offline: "none" };
const states: readonly Availability[] = ["online", "away", "offline"];
const themes: readonly Theme[] = ["auto", "light", "dark"];
const languages: readonly { value: Locale; label: string }[] = [
  { value: "en", label: "English" },
  { value: "ru", label: "Русский" },
];

/** Who is signed in, whether he takes conversations, and this browser's settings. */
export function MeMenu(): JSX.Element {
  const isOpen = useSignal(false);
  const name = me.value?.name ?? "";
  const state = availability.value.availability;
  return (
    <div class="menu-place full">
      <button
        type="button"
        class="me"
        aria-haspopup="dialog"
        aria-expanded={isOpen.value}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        <Avatar name={name} seed={me.value?.id} size={30} dot={state === "offline" ? "bad" : tones[state]} />
        <span class="me-text">
          <span class="me-name cut">{name}</span>
          <span class="me-state cut">{t(`availability.${state}` as TextKey)}</span>
        </span>
        <Icon of={ChevronsUpDown} size={14} />
      </button>
      {isOpen.value && <Settings onClose={() => (isOpen.value = false)} />}
    </div>
  );
}

function Settings({ onClose }: { onClose: () => void }): JSX.Element {
  const mine = availability.value;
  return (
    <Menu label={t("me.menu")} onClose={onClose}>
      {states.map((state) => (
        <MenuItem key={state} checked={state === mine.availability} onPick={() => void setAvailability(state)}>
          <span class={`dot ${state === "offline" ? "bad" : tones[state]}`} /> {t(`availability.${state}` as TextKey)}
        </MenuItem>
      ))}
      <div class="menu-row">
        <span title={t("capacity.hint")}>{t("capacity")}</span>
        <span class="stepper">
          <Button
            icon={Minus}
            small
            label={t("less")}
            onClick={() => void setAvailability(mine.availability, Math.max(1, mine.capacity - 1))}
          />
          <b class="numbers">{mine.capacity}</b>
          <Button
            icon={Plus}
            small
            label={t("more")}
            onClick={() => void setAvailability(mine.availability, Math.min(100, mine.capacity + 1))}
          />
        </span>
      </div>
      <hr />
      <div class="menu-row">
        <Switch label={t("sound")} checked={prefs.value.sound} onChange={(sound) => setPrefs({ sound })} />
      </div>
      <div class="menu-row">
        <Switch label={t("desktop")} checked={prefs.value.desktop} onChange={(on) => void askForNotifications(on)} />
      </div>
      <div class="menu-row">
        <span>{t("theme")}</span>
        <Segments
          label={t("theme")}
          value={prefs.value.theme}
          options={themes.map((theme) => ({ value: theme, label: t(`theme.${theme}` as TextKey) }))}
          onPick={(theme) => setPrefs({ theme })}
        />
      </div>
      <div class="menu-row">
        <span>{t("language")}</span>
        <Segments
          label={t("language")}
          value={prefs.value.locale}
          options={languages}
          onPick={(locale) => setPrefs({ locale })}
        />
      </div>
      <hr />
      <MenuItem icon={LogOut} onPick={() => void signOut()}>
        {t("sign.out")}
      </MenuItem>
    </Menu>
  );
}
