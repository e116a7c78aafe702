/** Entry of the child process that runs the list as another user: prints the outcomes as JSON. */
import { runAttacks } from "./run-attacks.ts";

process.stdout.write(JSON.stringify(await runAttacks()));
