import { isBlank, limits } from "@gapless-chat/protocol";
import { useState } from "preact/hooks";
import { useWidget } from "../context";
import { Icon } from "./icons";

interface Props {
  onRate: (score: number, comment: string | undefined) => Promise<unknown>;
  onFailure: () => void;
}

/** Stars as radio buttons: arrows choose, and a screen reader hears "4 stars, good". */
export function Rating({ onRate, onFailure }: Props) {
  const { t } = useWidget();
  const [score, setScore] = useState(0);
  const [comment, setComment] = useState("");
  const [isSending, setSending] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    if (!score || isSending) return;
    setSending(true);
    onRate(score, isBlank(comment) ? undefined : comment.trim())
      .catch(onFailure)
      .finally(() => setSending(false));
  };
  return (
    <form class="card rating" onSubmit={submit}>
      <fieldset>
        <legend>{t.rateTitle}</legend>
        <p class="muted">{score ? t.scores[score - 1] : t.rateHint}</p>
        <div class="stars">
          {[1, 2, 3, 4, 5].map((value) => (
            <label key={value} class={value <= score ? "star on" : "star"}>
              <input type="radio" name="score" value={value} checked={value === score} onChange={() => setScore(value)} />
              <span class="hidden">
                {t.score(value)}, {t.scores[value - 1]}
              </span>
              <Icon name="star" />
            </label>
          ))}
        </div>
      </fieldset>
      {score > 0 && (
        <>
          <textarea
            rows={2}
            aria-label={t.comment}
            placeholder={t.comment}
            maxLength={limits.CommentLength}
            value={comment}
            onInput={(event) => setComment(event.currentTarget.value)}
          />
          <button type="submit" class="button primary" aria-disabled={isSending}>
            {t.rate}
          </button>
        </>
      )}
    </form>
  );
}
