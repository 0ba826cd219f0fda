// The contestants: each offers `echo` at one end of a transport, and calls it from the other. A transport is
// `{ post(message), on(listener) }`; ours is given what it would be given in a program.

import { Channel, newSessionId, portTransport, Session } from '../../dist/session/index.mjs';
import { loadSessionPeer } from './peers.mjs';

class EchoSession extends Session {
  initializeListeners() {
    super.initializeListeners();
    this.setListener('echo', (value) => value);
  }
}

class EchoChannel extends Channel {
  createSession(init) {
    return new EchoSession(init, this.implement);
  }
}

const oursOn = ({ process, port }) => process ?? portTransport(port);

/** By name, `offer` at the one end, and at the other `connect`, which returns the function that calls. */
export const LIBRARIES = {
  /** The transport alone: a message there, and one back. */
  bare: {
    offer: ({ post, on }) => on(post),
    connect({ post, on }) {
      // Answers come in the order of the questions.
      const waiting = [];
      let first = 0;
      on((message) => {
        waiting[first](message);
        waiting[first] = undefined;
        first += 1;
      });
      return (value) =>
        new Promise((resolve) => {
          waiting.push(resolve);
          post(value);
        });
    },
  },
  ours: {
    offer: (transport) => void new EchoChannel(oursOn(transport)),
    connect(transport) {
      const channel = new Channel(oursOn(transport));
      return (payload) => channel.startSession(newSessionId(), { action: 'echo', payload });
    },
  },
  birpc: {
    async offer({ post, on }) {
      const { createBirpc } = await loadSessionPeer('birpc');
      createBirpc({ echo: (value) => value }, { post, on });
    },
    async connect({ post, on }) {
      const { createBirpc } = await loadSessionPeer('birpc');
      const rpc = createBirpc({}, { post, on });
      return (value) => rpc.echo(value);
    },
  },
  'async-call-rpc': {
    async offer({ post, on }) {
      const { AsyncCall } = await loadSessionPeer('async-call-rpc');
      AsyncCall({ echo: (value) => value }, { channel: { send: post, on }, log: false });
    },
    async connect({ post, on }) {
      const { AsyncCall } = await loadSessionPeer('async-call-rpc');
      const rpc = AsyncCall({}, { channel: { send: post, on }, log: false });
      return (value) => rpc.echo(value);
    },
  },
};
