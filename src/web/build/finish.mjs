// After all packages are built: a compressed twin beside each text file, for the server to send, and the mark that says what was built is whole.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const dist = "dist";
const texts = /\.(js|css|html|svg|json|txt)$/;
const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };

for (const name of readdirSync(dist, { recursive: true })) {
  const file = join(dist, name);
  if (texts.test(file) && statSync(file).isFile()) writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file), options));
}
writeFileSync(join(dist, ".built"), "");
