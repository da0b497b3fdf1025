import { AT_END, type ErasedPart, type ErasePart, rewriteFor } from './erase.ts';
import type { Segments } from './segments.ts';
import type { Singles } from './singles.ts';

/** What a part came to, and the new payloads of the segments by sequence number. */
export interface ErasedPayloads extends ErasedPart {
  readonly payloads: ReadonlyMap<number, string>;
}

/** Where events wait that are not published. */
interface Waiting {
  readonly segments: Segments;
  readonly singles: Singles;
  /** What of the segments comes up to here waits no more. */
  readonly passedSequence: number;
}

/** Takes a person out of a part of what waits; within the caller's transaction. */
export function erasePart(part: ErasePart, { segments, singles, passedSequence }: Waiting): ErasedPayloads {
  const rewrite = rewriteFor(part);
  const after = part.after ?? { segments: passedSequence, singles: 0 };
  const grouped = segments.rewrite(after.segments, rewrite, part.isDryRun);
  const single = singles.rewrite(after.singles, rewrite, part.isDryRun);
  const isDone = grouped.upTo === AT_END && single.upTo === AT_END;
  const stillGrouped = [...grouped.payloads.keys()].filter((sequence) => sequence > passedSequence);
  return {
    events: stillGrouped.length + single.payloads.size,
    after: isDone ? null : { segments: grouped.upTo, singles: single.upTo },
    payloads: grouped.payloads,
  };
}
