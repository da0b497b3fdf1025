import { type } from 'arktype';

/** A setting is missing or wrong; the message names it and says what it must be, and holds no secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** A whole number as text, as environments and Worker variables hold it, from the least to the most that can be right. */
export function wholeNumber(least: number, most: number) {
  return type('string.integer.parse').to(
    type('number').atLeast(least).atMost(most).describe(`a whole number from ${least} to ${most}`),
  );
}

/**
 * What ArkType found wrong with a set of settings, as one message that names each of them. ArkType's own messages
 * quote the value, which may be a secret: they are not used.
 */
export function settingsError(errors: InstanceType<typeof type.errors>): SettingsError {
  const lines = errors.map(({ path, expected }) =>
    path.length === 0 ? `the settings must be ${expected}` : `${path.join('.')} must be ${expected}`,
  );
  return new SettingsError(
    `settings do not fit: ${lines.join('; ')}. Set them in the environment and start again.`,
  );
}
