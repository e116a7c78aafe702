/** The command from sources, as `bin/regoose.js` starts it from the build. */
import { main } from "../../src/cli/main.ts";

await main(process.argv.slice(2));
