/** What ends the program with a message. 1: it cannot be done; 2: bad usage or unreadable input. */
export class Failure extends Error {
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 2) {
    super(message);
    this.name = "Failure";
    this.exitCode = exitCode;
  }
}
