import { h } from './elements.ts';
import { agentHref, customerHref, storyHref } from './links.ts';
import { count, duration, localDay, localTime, percent, pointsChange } from './numbers.ts';
import type { TableColumn } from './table.ts';
import type { Answer, Column, Row, Value } from './values.ts';
import type { View } from './view.ts';
import { channelName, columnName, kindName } from './words.ts';

const NUMBER = /^(Nullable\()?(U?Int|Float|Decimal)/;
const TIME = /^(Nullable\()?DateTime/;
const DAY = /^(Nullable\()?Date(32)?\)?$/;
const IDS = /(^|_)id$/;

/** An answer's columns as they are shown where nothing better is known than their names and types. */
export function columnsOf({ columns }: Answer, view: View): TableColumn[] {
  return columns.map((column, i) => ({
    key: column.name,
    label: columnName(column.name),
    isNumber: NUMBER.test(column.type) && !IDS.test(column.name),
    isHead: i === 0,
    cell: (row) => cell(column, row, i === 0 ? 'room_id' : column.name, view),
  }));
}

/** What a value leads to: the first of a row, and its room, to the story; a customer and an agent to their day. */
const LEADS: Readonly<Record<string, (view: View, row: Row) => string | undefined>> = {
  room_id: storyHref,
  customer: customerHref,
  customer_id: customerHref,
  customer_name: customerHref,
  agent: agentHref,
};

function cell(column: Column, row: Row, leadsAs: string, view: View): Node | string {
  const value = row[column.name] ?? null;
  const text = shown(column, value);
  const href = value === null || value === '' ? undefined : LEADS[leadsAs]?.(view, row);
  return href === undefined ? text : h('a', { href, class: 'number' }, text);
}

/** A value for people: `3 h 05 min`, `12.3%`, `yes`, `Tue 24 Nov, 14:05`; a dash for nothing. */
export function shown({ name, type }: Column, value: Value): string {
  if (value === null || value === '') return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return IDS.test(name) ? String(value) : numberShown(name, value);
  if (Array.isArray(value)) return value.join(', ') || '–';
  if (typeof value === 'object') return JSON.stringify(value);
  if (name === 'channel') return channelName(String(value));
  if (name === 'kind') return kindName(String(value));
  if (TIME.test(type)) return localTime(String(value));
  return DAY.test(type) ? localDay(String(value)) : String(value);
}

function numberShown(name: string, value: number): string {
  if (name.includes('seconds')) return duration(value);
  if (name.endsWith('_points')) return pointsChange(value);
  return name.endsWith('_share') ? percent(value) : count(value);
}
