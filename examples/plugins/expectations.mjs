// What has to have happened, by the end. Each entry is a sentence, and whether it came true.

const codeOf = ({ error }) => error?.code ?? 'no error';

/** The sentences that did not come true. `calls`: by name, what became of each, with its logs and progress. */
export function findFailures({ report, index, search, after, openSessions }) {
  const texts = (call) => call.logs.map(({ message }) => message);
  const depths = report.logs.map(({ depth }) => depth);
  const sentences = {
    'The report has its lines and its result.':
      report.lines.length === 4 && report.result?.lines === 4,
    'The logs of the plugin that the report had called came under the report, in order.':
      texts(report).join() ===
      'needs an index first,indexing 40 files,the index is complete,the report is written',
    'They came from two sessions below it.': depths.join() === '0,2,2,0',
    'So did the progress.': report.progress.at(-1)?.done === 40,
    'The call that was cancelled says so.': codeOf(index) === 'ERR_PSC_CANCELLED',
    'Its logs came under it.': texts(index).join() === 'indexing for ever',
    'The call of the plugin that crashed says so.': codeOf(search) === 'ERR_PSC_PEER_DIED',
    'Its logs came under it, too.': texts(search).length === 1,
    'A plugin that has crashed is not called again.': codeOf(after) === 'ERR_PSC_PEER_DIED',
    'Nothing is open at the end.': openSessions === 0,
  };
  return Object.keys(sentences).filter((sentence) => sentences[sentence] !== true);
}
