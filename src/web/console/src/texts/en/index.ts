import { app } from "./app";
import { settings } from "./settings";
import { work } from "./work";

export const en = { ...app, ...work, ...settings };
