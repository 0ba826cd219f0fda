import { Channel, Session } from 'psc-native/session';

class Echo extends Session {
  initializeListeners() {
    super.initializeListeners();
    this.setListener('echo', async (value) => {
      this.log('info', `echoing ${value}`);
      return value;
    });
    this.setListener('wait', () => new Promise(() => {}));
  }
}

/** A channel whose sessions echo, or never answer. */
export class EchoChannel extends Channel {
  createSession(init) {
    return new Echo(init, this.implement);
  }
}
