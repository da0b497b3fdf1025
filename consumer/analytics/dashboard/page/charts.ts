import type { ChartConfiguration, ChartOptions, Chart as ChartType } from 'chart.js';
import { h } from './elements.ts';
import { DataTable, type TableColumn } from './table.ts';
import { color } from './theme.ts';
import type { Row } from './values.ts';

type Kind = 'bar' | 'line';
type Data = (number | null)[];
type Label = string | string[];
type Config = ChartConfiguration<Kind, Data, Label>;

/** A file of its own, and the largest: numbers in words and in tables do not wait for it. */
const chartJs = import('./chart-js.ts').then(({ Chart }) => Chart);

/** A chart and the same numbers as a table, one of them shown; the button switches. */
export class ChartWithTable {
  readonly nodes: readonly HTMLElement[];
  readonly button = h('button', { type: 'button', class: 'button', 'aria-pressed': 'false' }, 'Table');
  readonly #canvas = h('canvas', { role: 'img' });
  readonly #frame = h('div', { class: 'chart' }, this.#canvas);
  readonly #table: DataTable;
  #config: Config | undefined;
  #chart: ChartType<Kind, Data, Label> | undefined;

  constructor(title: string) {
    this.#table = new DataTable({ caption: title });
    this.#table.element.hidden = true;
    this.nodes = [this.#frame, this.#table.element];
    this.button.setAttribute('aria-label', `${title}: as a table`);
    this.button.addEventListener('click', () => this.#switch());
  }

  /** @param label what a screen reader says of the chart */
  show(config: Config, label: string, columns: readonly TableColumn[], rows: readonly Row[]): void {
    this.#canvas.setAttribute('aria-label', label);
    this.#table.show(columns, rows);
    this.#config = config;
    void chartJs.then((Chart) => this.#draw(Chart));
  }

  /** Draws the latest, however many came while Chart.js was on its way. */
  #draw(Chart: typeof ChartType): void {
    const config = this.#config;
    if (config === undefined) return;
    if (this.#chart === undefined) {
      this.#chart = new Chart(this.#canvas, config);
      return;
    }
    this.#chart.data = config.data;
    if (config.options !== undefined) this.#chart.options = config.options;
    this.#chart.update();
  }

  #switch(): void {
    const isTable = this.#table.element.hidden;
    this.#table.element.hidden = !isTable;
    this.#frame.hidden = isTable;
    this.button.setAttribute('aria-pressed', String(isTable));
  }
}

/** What all charts have alike: quiet axes, tooltips in the page's colours, no movement. */
export function baseOptions(): ChartOptions<Kind> {
  const font = { family: getComputedStyle(document.body).fontFamily, size: 12 };
  const text = color('--muted');
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: 'index', intersect: false },
    scales: {
      x: {
        grid: { display: false },
        border: { color: color('--line') },
        ticks: { color: text, font, maxRotation: 0, autoSkipPadding: 16 },
      },
      y: {
        beginAtZero: true,
        grid: { color: color('--line') },
        border: { display: false },
        ticks: { color: text, font, precision: 0, maxTicksLimit: 6 },
      },
    },
    plugins: {
      legend: {
        align: 'end',
        labels: { color: color('--text'), font, usePointStyle: true, boxHeight: 8, padding: 16 },
      },
      tooltip: {
        backgroundColor: color('--tooltip'),
        titleColor: color('--tooltip-text'),
        bodyColor: color('--tooltip-text'),
        footerColor: color('--tooltip-text'),
        titleFont: { ...font, weight: 600 },
        bodyFont: font,
        footerFont: { ...font, weight: 400 },
        padding: 10,
        cornerRadius: 6,
        boxPadding: 4,
        usePointStyle: true,
      },
    },
  };
}
