import { app } from "./app";
import { settings } from "./settings";
import { work } from "./work";

export const ru = { ...app, ...work, ...settings };
