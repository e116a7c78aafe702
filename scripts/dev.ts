/** `npm run dev -- ARGS`: the command straight from its sources, without a build. */
import { main } from "../src/cli/main.ts";

await main(process.argv.slice(2));
