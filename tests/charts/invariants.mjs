// O3: all rules.
import * as pods from "./pod-rules.mjs";
import * as traffic from "./traffic-rules.mjs";

const { digests, ...always } = { ...pods, ...traffic };

/** What is wrong with a rendering; `production` asks for digests too. */
export const faults = (objects, { production = false } = {}) =>
  Object.values(production ? { ...always, digests } : always).flatMap((rule) => [...rule(objects)]);
