import { readFile } from 'node:fs/promises';

const DASHBOARD = new URL('../../infra/grafana/dashboards/backstop.json', import.meta.url);

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

/** Every query of the dashboard, with the title of its panel. */
export async function dashboardQueries(): Promise<readonly { readonly title: string; readonly expr: string }[]> {
  const { panels } = JSON.parse(await readFile(DASHBOARD, 'utf8')) as { panels: readonly Panel[] };
  return panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
}
