// How a text names a variable of the dashboard: Grafana puts the value in before it asks or opens anything.

/** @param form such as `queryparam` for a part of an address */
export function variable(name: string, form = ''): string {
  return `\${${name}${form && `:${form}`}}`
}
