// A reporter for node:test that prints one JSON object: how many tests passed and which failed.
export default async function* countTests(events) {
  const result = { passed: 0, failed: [], skipped: 0 };
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.details?.type === "suite") continue;
    if (data.skip !== undefined || data.todo !== undefined) result.skipped += 1;
    else if (type === "test:pass") result.passed += 1;
    else result.failed.push(String(data.name).slice(0, 200));
  }
  yield JSON.stringify(result);
}
