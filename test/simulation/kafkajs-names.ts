import { createRequire, registerHooks } from 'node:module';

/**
 * Lets Node import all of kafkajs's exports by name, as the bundler and the test runner do: of a CommonJS module
 * Node itself finds only those whose names stand in its text. To be imported before anything that needs them.
 */
const require = createRequire(import.meta.url);
const NAMES = Object.keys(require('kafkajs'));
const FACADE = `
  import { createRequire } from 'node:module';
  export const { ${NAMES.join(', ')} } = createRequire(${JSON.stringify(import.meta.url)})('kafkajs');`;
const FACADE_URL = 'facade:kafkajs';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'kafkajs' && context.conditions.includes('import')
      ? { url: FACADE_URL, shortCircuit: true }
      : next(specifier, context),
  load: (url, context, next) =>
    url === FACADE_URL ? { format: 'module', source: FACADE, shortCircuit: true } : next(url, context),
});
