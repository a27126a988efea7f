import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Json, traces, wire } from "./trace-file";
import { canonical, Replay, told } from "./trace-replay";

interface Rule {
  id: string;
  protocol: string;
  input: string;
  state: string;
  effects: string;
}

const rules: Rule[] = JSON.parse(readFileSync(`${wire}rules.json`, "utf8")).rules;
const protocol = readFileSync(`${wire}../../src/Chat.Contracts/PROTOCOL.md`, "utf8");

describe("the table of rules", () => {
  test("has in every row an id of its own, an input, a state and effects, and nothing else", () => {
    const fields = ["effects", "id", "input", "protocol", "state"];

    expect(rules.filter((rule) => Object.keys(rule).sort().join() !== fields.join())).toEqual([]);
    expect(rules.filter((rule) => Object.values(rule).some((text) => typeof text !== "string" || text.trim() === ""))).toEqual(
      [],
    );
    expect(rules.filter(({ id }) => !/^[a-z]+(\.[a-z]+(-[a-z]+)*)$/.test(id))).toEqual([]);
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  });

  test("names a heading, a rule or a paragraph of PROTOCOL.md in every row", () => {
    const isThere = (name: string) =>
      protocol.includes(`# ${name}\n`) || protocol.includes(`**${name}.**`) || new RegExp(`^${name}\\. `, "m").test(protocol);

    expect(rules.filter((rule) => !isThere(rule.protocol)).map(({ id, protocol }) => `${id}: ${protocol}`)).toEqual([]);
  });

  test("has no row that no trace covers, and no trace covers what it does not have", () => {
    const covered = new Set(traces().flatMap((trace) => trace.covers));

    expect(rules.filter(({ id }) => !covered.has(id)).map(({ id }) => id)).toEqual([]);
    expect([...covered].filter((id) => !rules.some((rule) => rule.id === id))).toEqual([]);
  });
});

describe("golden traces", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"] });
    vi.spyOn(Math, "random").mockReturnValue(0.5);
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  test.each(traces())("$name: $about", async (trace) => {
    const replay = new Replay(trace);
    await replay.begin();

    for (const [index, step] of trace.steps.entries()) {
      const { effects, state } = await replay.play(step);

      const where = `step ${index + 1}, ${JSON.stringify(step.input)}`;
      expect(told(effects, step.effects ?? []), where).toEqual(told(step.effects ?? [], []));
      if (step.state) expect(JSON.parse(canonical(state)), where).toEqual(step.state as Json);
    }
    expect(replay.end()).toEqual([]);
  });
});
