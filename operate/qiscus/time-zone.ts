import { InvalidArgumentError } from '@commander-js/extra-typings';
import { readZone } from '../../consumer/analytics/report/time-zone.ts';

/** A time zone as IANA names it. @throws InvalidArgumentError */
export function zoneName(text: string): string {
  const zone = readZone(text);
  if (zone.isZone) return zone.name;
  throw new InvalidArgumentError(`It must be an IANA time zone: ${zone.hint}`);
}

/** The vendor's time zone beside that of the reports. */
export interface ZonesCompared {
  /** As `+07:00`; null where the vendor does not tell. */
  readonly vendor: string | null;
  /** Null where it cannot be said. */
  readonly agrees: boolean | null;
  /** What to do where they differ. */
  readonly note: string | undefined;
}

/** @param vendorMinutes east of UTC @param zone an IANA name, in which reports cut their days */
export function compareZones(vendorMinutes: number | undefined, zone: string, at: Date): ZonesCompared {
  if (vendorMinutes === undefined) return { vendor: null, agrees: null, note: undefined };
  const vendor = offsetText(vendorMinutes);
  const reports = offsetText(minutesOf(zone, at));
  if (vendor === reports) return { vendor, agrees: true, note: undefined };
  return {
    vendor,
    agrees: false,
    note: `The vendor’s app is set to ${vendor}, reports cut their days at ${zone} (${reports}): give them --tz, or change the app’s setting.`,
  };
}

/** Minutes east of UTC. */
function minutesOf(zone: string, at: Date): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(
    at,
  );
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours, minutes] = /^GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
  const size = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === '-' ? -size : size;
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
