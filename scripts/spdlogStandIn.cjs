/**
 * Stands in for `@vscode/spdlog` in the VS Code server that the tests run, where its native part is not built: the
 * same interface, each line appended to the log file at once.
 */
const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');

class Logger {
  #file;
  #plain = false;
  #level = 2;

  constructor(file) {
    mkdirSync(dirname(file), { recursive: true });
    this.#file = file;
  }

  trace(message) {
    this.#write(0, 'trace', message);
  }
  debug(message) {
    this.#write(1, 'debug', message);
  }
  info(message) {
    this.#write(2, 'info', message);
  }
  warn(message) {
    this.#write(3, 'warning', message);
  }
  error(message) {
    this.#write(4, 'error', message);
  }
  critical(message) {
    this.#write(5, 'critical', message);
  }
  getLevel() {
    return this.#level;
  }
  setLevel(level) {
    this.#level = level;
  }
  clearFormatters() {
    this.#plain = true;
  }
  setPattern() {}
  flush() {}
  drop() {}

  #write(level, name, message) {
    if (level < this.#level) return;
    const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
    appendFileSync(this.#file, this.#plain ? message : `${time} [${name}] ${message}\n`);
  }
}

const createLogger = async (_name, file) => new Logger(file);

exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = createLogger;
exports.createAsyncRotatingLogger = createLogger;
