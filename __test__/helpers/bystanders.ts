import type { ExecutionContext } from 'ava';
import { TestProcess } from './processes';

/** Something that took more than a moment, on the clock that all processes have in common, in milliseconds. */
interface Wait {
  readonly from: number;
  readonly to: number;
}

const longest = (waits: readonly number[]) => Math.max(0, ...waits);

/** A process that sets all the time while others are killed, and one that never waits for any of them. */
export class Bystanders {
  readonly #deaths: number[] = [];

  private constructor(
    private readonly setting: TestProcess,
    private readonly comparing: TestProcess,
  ) {}

  static async start(t: ExecutionContext, id: string): Promise<Bystanders> {
    const setting = await TestProcess.start(t, 'bystander');
    const comparing = await TestProcess.start(t, 'bystander');
    await setting.ask('set', id);
    await comparing.ask('compare');
    return new Bystanders(setting, comparing);
  }

  /** Notes when the kernel says that a process is gone. */
  watch(process_: TestProcess): void {
    process_.child.once('exit', () => {
      this.#deaths.push(performance.timeOrigin + performance.now());
    });
  }

  /**
   * The longest waits, in milliseconds: `whole`, for a set; `afterDeath`, what of a set's was left when a process had
   * gone meanwhile; `compared`, what the machine makes those wait who want nothing of anybody.
   */
  async longest() {
    const sets = await this.setting.ask<Wait[]>('waits');
    const others = await this.comparing.ask<Wait[]>('waits');
    const whole = ({ from, to }: Wait) => to - from;
    const afterDeath = sets.flatMap(({ from, to }) => {
      return this.#deaths.filter((death) => death > from && death < to).map((death) => to - death);
    });
    return {
      whole: longest(sets.map(whole)),
      afterDeath: longest(afterDeath),
      compared: longest(others.map(whole)),
    };
  }
}
