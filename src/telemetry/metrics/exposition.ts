/** The two texts in which metrics are told (OpenMetrics 1.0; Prometheus text format 0.0.4). */
export type Exposition = "openmetrics" | "prometheus";

export const CONTENT_TYPES: Readonly<Record<Exposition, string>> = {
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
};

/** Chooses by an `Accept` header (RFC 9110, section 12.5.1); whoever asks for nothing gets the older text. */
export function chooseExposition(accept: string | undefined): Exposition {
  const weigh = (type: string): number => {
    const weights = (accept ?? "").split(",").flatMap((range) => {
      const [name = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
      if (name !== type) return [];
      const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
      return [Number(weight ?? 1)];
    });
    return Math.max(0, ...weights);
  };
  const openMetrics = weigh("application/openmetrics-text");
  return openMetrics > 0 && openMetrics >= weigh("text/plain") ? "openmetrics" : "prometheus";
}

/** The older text of the newer one: no exemplars, `_total` in the names of counters too, no end. */
export function toPrometheusText(openMetrics: string): string {
  const lines = openMetrics.split("\n").filter((line) => line !== "# EOF");
  const counters = new Set(
    lines.flatMap((line) => /^# TYPE (?<name>\S+) counter$/u.exec(line)?.groups?.["name"] ?? []),
  );
  return lines
    .map((line) => {
      const comment = /^# (?<word>HELP|TYPE) (?<name>\S+) (?<rest>.*)$/u.exec(line)?.groups;
      if (comment === undefined) return line.replace(/ # \{.*$/u, "");
      const { word = "", name = "", rest = "" } = comment;
      return `# ${word} ${counters.has(name) ? `${name}_total` : name} ${rest}`;
    })
    .join("\n");
}
