// The entries of the package: what `exports` names. Each is made from one file in ts/.

/**
 * `source`: the file, without its ending; its output in dist/ has the same path. `types`: the name of the declarations
 * at the root, `.d.ts` for `require` and `.d.mts` for `import`. `isBundled`: what is loaded is not that output but a bundle
 * (bundles.mjs).
 */
export const ENTRIES = [
  { source: 'index', types: 'index' },
  { source: 'preload', types: 'preload', isBundled: true },
  { source: 'renderer', types: 'renderer', isBundled: true },
  { source: 'session/index', types: 'session' },
  { source: 'conformance/index', types: 'conformance' },
];

/** The committed files that the build makes from the entries. */
export const DECLARATIONS = ENTRIES.flatMap(({ types }) => [`${types}.d.ts`, `${types}.d.mts`]);

/** What `import` sees of the entries, in dist/. */
export const WRAPPERS = ENTRIES.filter(({ isBundled }) => !isBundled).map(
  ({ source }) => `${source}.mjs`,
);
