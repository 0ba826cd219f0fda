// What the engine and its plugins say to each other.

/** From the engine to a plugin, or from one plugin through the engine to another: do something. */
export const ACTION_RUN = 'RUN';

/** From a plugin to the engine: have another plugin do something. */
export const ACTION_CALL = 'CALL';

/** By name, what each plugin does. */
export const PLUGINS = ['indexer', 'reporter', 'searcher'];
