import type { JSX } from "preact";

interface ChecksProps {
  label: string;
  all: readonly { id: string; name: string }[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

/** Any number out of a list. */
export function Checks({ label, all, chosen, onChange }: ChecksProps): JSX.Element {
  return (
    <fieldset class="checks">
      <legend class="legend">{label}</legend>
      <div class="checks-list">
        {all.map(({ id, name }) => (
          <label key={id}>
            <input
              type="checkbox"
              class="check"
              checked={chosen.includes(id)}
              onChange={(event) =>
                onChange(event.currentTarget.checked ? [...chosen, id] : chosen.filter((other) => other !== id))
              }
            />
            <span class="cut">{name}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
