// Before the packages are built: nothing of an older build may stay, and nothing half built may be taken for whole.
import { rmSync } from "node:fs";

rmSync("dist", { recursive: true, force: true });
