/* global Blob, Cc, ChromeUtils, Ci, Components, Cr, ExtensionCommon, ExtensionUtils, IOUtils, Services */
"use strict";

/**
 * The privileged bridge. It reads messages as bytes and at once, which the public call does after
 * Thunderbird's own reading and through a string, a character at a time; it knows which message a
 * compose window was opened from and when one has left the Outbox; and it wraps three functions of
 * Thunderbird and gives them back on shutdown:
 *
 * - MimeMessage.createMessageFile, which writes every message that a compose window sends or saves.
 *   The wrapper lets the add-on exchange the bytes. Whatever goes wrong here throws, and then
 *   Thunderbird sends or saves nothing and keeps the compose window open.
 * - MessageSend.fail, which says in a dialog that sending has failed. Where the user has just taken
 *   the message back when the add-on asked, there is nothing left to say.
 * - smimeSink.encryptionStatus of each about:message window, which replaces a message that
 *   Thunderbird has no key for by an error page. A failure is swallowed; the add-on shows the
 *   message, or says itself why it cannot. Thunderbird tells of the message and of what a signature
 *   in it encloses, never of a part beside others.
 *
 * Another add-on may have wrapped the same functions since; then a wrapper stays where it is after
 * shutdown, and does nothing more than call the function it wrapped.
 */
(() => {
  Components.utils.importGlobalProperties(["Blob"]);

  const { MessageSend } = ChromeUtils.importESModule("resource:///modules/MessageSend.sys.mjs");
  const { MimeMessage } = ChromeUtils.importESModule("resource:///modules/MimeMessage.sys.mjs");

  const { ExtensionError } = ExtensionUtils;
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const { clearTimeout, setTimeout } = ChromeUtils.importESModule(
    "resource://gre/modules/Timer.sys.mjs",
  );

  const LARGE = 1024 * 1024;
  /** Longer than the header of any message but odd ones. */
  const START = 64 * 1024;
  /** Reading that many bytes holds nothing up that people would notice. */
  const SLICE = 2 * 1024 * 1024;
  /** A message on this machine may be longer than its server says. */
  const MARGIN = 4 * 1024;
  const CONNECTION_MILLISECONDS = 20_000;

  const PURPOSES = new Map([
    [Ci.nsIMsgSend.nsMsgDeliverNow, "send"],
    [Ci.nsIMsgSend.nsMsgQueueForLater, "send"],
    [Ci.nsIMsgSend.nsMsgDeliverBackground, "send"],
    [Ci.nsIMsgSend.nsMsgSaveAsDraft, "save"],
    [Ci.nsIMsgSend.nsMsgSaveAsTemplate, "save"],
  ]);

  /** Ends a send: Thunderbird shows its "sending failed" dialog with `message` as the explanation. */
  class Refused extends Error {
    result = Cr.NS_ERROR_FAILURE;
  }

  /** The user knows: ends a send as Cancel does. */
  class TakenBack extends Refused {
    result = Cr.NS_ERROR_ABORT;
  }

  /** In the place of the one that the compose window would show once more. */
  const NO_REPORT = {
    QueryInterface: ChromeUtils.generateQI(["nsIMsgSendReport"]),
    displayReport: () => Cr.NS_OK,
  };

  /** Made in another compartment, where `instanceof` says nothing. */
  function isBuffer(value) {
    return Object.prototype.toString.call(value) === "[object ArrayBuffer]";
  }

  /**
   * The message goes to whom it was judged for. Whoever asks Thunderbird's API about a compose window
   * makes it copy the recipients from the window once more, where a mailing list is only a name.
   */
  function keepRecipients(compFields, outgoing) {
    for (const field of ["to", "cc", "bcc", "newsgroups"]) {
      if (compFields[field] !== outgoing[field]) {
        compFields[field] = outgoing[field];
      }
    }
  }

  function binaryStream(input) {
    const stream = Cc["@mozilla.org/binaryinputstream;1"].createInstance(Ci.nsIBinaryInputStream);
    stream.setInputStream(input);
    return stream;
  }

  /**
   * All of a stream that does not wait. Other work has its turn between slices. One buffer serves
   * them all: memory that has never been touched costs more than what is read into it.
   * @param expected bytes, about
   * @returns ArrayBuffer, or Blob for much, which goes to the other process without a copy that
   * this one has to wait for
   */
  async function readAll(stream, expected) {
    const buffer = new ArrayBuffer(Math.min(expected + MARGIN, SLICE));
    const slices = [];
    try {
      for (;;) {
        const read = stream.readArrayBuffer(buffer.byteLength, buffer);
        const isLast = read < buffer.byteLength;
        if (isLast && slices.length === 0 && read < LARGE) {
          return buffer.slice(0, read);
        }
        slices.push(new Blob([new Uint8Array(buffer, 0, read)]));
        if (isLast) {
          return new Blob(slices);
        }
        await new Promise((resolve) => Services.tm.dispatchToMainThread(resolve));
      }
    } finally {
      stream.close();
    }
  }

  class Bridge extends ExtensionCommon.ExtensionAPIPersistent {
    /** One listener for each event at most: the background's. */
    #listeners = { onBuild: null, onBuilt: null, onLeft: null };
    #restore = [];
    #active = false;
    /** Messages that the user has taken back. */
    #takenBack = new WeakSet();

    PERSISTENT_EVENTS = {
      onBuild: ({ fire }) => this.#listen("onBuild", fire),
      onBuilt: ({ fire }) => this.#listen("onBuilt", fire),
      onLeft: ({ fire }) => this.#listen("onLeft", fire),
    };

    onStartup() {
      this.#active = true;
      this.#wrapMessageBuilder();
      this.#wrapFailure();
      this.#wrapMessageWindows();
      this.#watchOutbox();
    }

    onShutdown() {
      this.#active = false;
      for (const restore of this.#restore.splice(0)) {
        restore();
      }
    }

    getAPI(context) {
      const event = (name) =>
        new ExtensionCommon.EventManager({
          context,
          module: "smimeBridge",
          event: name,
          extensionApi: this,
        }).api();
      return {
        smimeBridge: {
          onBuild: event("onBuild"),
          onBuilt: event("onBuilt"),
          onLeft: event("onLeft"),
          openedFrom: async (tabId) => this.#openedFrom(tabId),
          read: async (messageId) => this.#read(messageId),
          readStart: async (messageId) => this.#readStart(messageId),
        },
      };
    }

    #listen(name, fire) {
      const gone = Promise.withResolvers();
      // Nobody may be waiting when the background goes.
      gone.promise.catch(() => {});
      const listener = { fire, gone: gone.promise };
      this.#listeners[name] = listener;
      return {
        unregister: () => {
          gone.reject(new Error("the background is gone"));
          if (this.#listeners[name] === listener) {
            this.#listeners[name] = null;
          }
        },
        convert(newFire) {
          listener.fire = newFire;
        },
      };
    }

    /**
     * The background's answer; wakes it when it is suspended. An event's own promise never settles
     * when the background goes, so its going is waited for too.
     */
    async #ask(name, ...args) {
      const listener = this.#listeners[name];
      const ask = async () => {
        await listener.fire.wakeup?.();
        return listener.fire.async(...args);
      };
      let answer = null;
      try {
        answer = listener && (await Promise.race([ask(), listener.gone]));
      } catch (error) {
        console.error(`S/MIME Exchange: ${name} was not answered`, error);
      }
      if (!answer) {
        throw this.#refused(args[0], null);
      }
      return answer;
    }

    /** Without a reason in words: that there was no answer that could be understood. */
    #refused({ purpose }, reason) {
      if (typeof reason === "string" && reason !== "") {
        return new Refused(reason);
      }
      return new Refused(
        purpose === "save"
          ? this.extension.localizeMessage("save_no_answer")
          : this.extension.localizeMessage("send_no_answer"),
      );
    }

    #wrapMessageBuilder() {
      const original = MimeMessage.prototype.createMessageFile;
      const bridge = this;
      const wrapper = async function () {
        const concerns = bridge.#active && PURPOSES.has(this._deliverMode);
        const outgoing = concerns ? bridge.#outgoing(this) : null;
        if (!outgoing) {
          return original.call(this);
        }
        try {
          const file = await bridge.#exchange(this, outgoing, () => original.call(this));
          keepRecipients(this._compFields, outgoing);
          return file;
        } catch (error) {
          if (error instanceof TakenBack) {
            bridge.#takenBack.add(this);
          } else if (error instanceof Refused) {
            bridge.#report(this._sendReport, error.message);
          }
          throw error;
        }
      };
      MimeMessage.prototype.createMessageFile = wrapper;
      this.#restore.push(() => {
        if (MimeMessage.prototype.createMessageFile === wrapper) {
          MimeMessage.prototype.createMessageFile = original;
        }
      });
    }

    #wrapFailure() {
      const original = MessageSend.prototype.fail;
      const bridge = this;
      const wrapper = function (exitCode, message) {
        if (bridge.#takenBack.has(this._message)) {
          this._sendReport = NO_REPORT;
        }
        return original.call(this, exitCode, message);
      };
      MessageSend.prototype.fail = wrapper;
      this.#restore.push(() => {
        if (MessageSend.prototype.fail === wrapper) {
          MessageSend.prototype.fail = original;
        }
      });
    }

    /** The sentence that Thunderbird's dialog shows below its own. */
    #report(sendReport, message) {
      if ("setMessage" in sendReport) {
        // Version 140.
        sendReport.setMessage(Ci.nsIMsgSendReport.process_Current, message, false);
      } else {
        sendReport.errMessage = message;
      }
    }

    async #exchange(mimeMessage, outgoing, build) {
      const { _compFields: compFields } = mimeMessage;
      const { action, reason: refusal, told } = await this.#ask("onBuild", outgoing);
      if (action === "again") {
        // The user has answered a question about the recipients, who are others in the window now.
        Object.assign(outgoing, this.#outgoing(mimeMessage, { anew: true }));
        return this.#exchange(mimeMessage, outgoing, build);
      }
      keepRecipients(compFields, outgoing);
      if (action === "leave") {
        return build();
      }
      if (action === "refuse" && told === true) {
        throw new TakenBack(refusal);
      }
      if (action !== "protect") {
        throw this.#refused(outgoing, refusal);
      }

      // A signature must survive relays that know only 7bit; Thunderbird's default is 8bit.
      const encoding = compFields.forceMsgEncoding;
      compFields.forceMsgEncoding = true;
      let file;
      try {
        file = await build();
      } finally {
        compFields.forceMsgEncoding = encoding;
      }

      try {
        const { buffer } = await IOUtils.read(file.path);
        const { message, reason } = await this.#ask("onBuilt", outgoing, buffer);
        if (!isBuffer(message) || message.byteLength === 0) {
          throw this.#refused(outgoing, reason);
        }
        await IOUtils.write(file.path, new Uint8Array(message));
        return file;
      } catch (error) {
        await IOUtils.remove(file.path, { ignoreAbsent: true });
        throw error;
      }
    }

    /** null for what no compose window sends, such as automatic answers of a filter. */
    #outgoing(mimeMessage, { anew = false } = {}) {
      const { _compFields: compFields, _userIdentity: identity } = mimeMessage;
      for (const window of Services.wm.getEnumerator("msgcompose")) {
        if (window.gMsgCompose?.compFields === compFields) {
          const purpose = PURPOSES.get(mimeMessage._deliverMode);
          if (anew) {
            window.Recipients2CompFields(compFields);
          }
          if (purpose === "send") {
            // Thunderbird has done so, but see `keepRecipients`.
            window.gMsgCompose.expandMailingLists();
          }
          return {
            tabId: this.extension.tabManager.getWrapper(window).id,
            purpose,
            identityId: identity.key,
            from: compFields.from,
            to: compFields.to,
            cc: compFields.cc,
            bcc: compFields.bcc,
            newsgroups: compFields.newsgroups,
            builtIn: this.#builtInProtection(mimeMessage, window),
          };
        }
      }
      return null;
    }

    /**
     * The message that a compose window answers, forwards or edits; null for a new one, and for a
     * message that is in no folder. Thunderbird's own API knows it only for some of these.
     */
    #openedFrom(tabId) {
      const { nativeTab: window } = this.extension.tabManager.get(tabId);
      if (window.document?.documentElement.getAttribute("windowtype") !== "msgcompose") {
        throw new ExtensionError(`tab ${tabId} is no compose tab`);
      }
      const header = window.arguments?.[0]?.origMsgHdr;
      return (header && this.extension.messageManager.convert(header)?.id) ?? null;
    }

    /** The header of a message in a folder; null for all others. */
    #message(messageId) {
      const header = this.extension.messageManager.get(messageId);
      return header?.folder ? header : null;
    }

    /** A message's bytes as they lie on this machine; null if they are only on a server. */
    #storedStream(header) {
      const { folder } = header;
      if (
        !(folder instanceof Ci.nsIMsgLocalMailFolder) &&
        !(header.flags & Ci.nsMsgMessageFlags.Offline)
      ) {
        return null;
      }
      let input;
      try {
        // Version 140 knows it by its old name.
        input = folder.getMsgInputStream?.(header) ?? folder.getLocalMsgStream(header);
      } catch {
        // Not stored here after all.
      }
      return input ? binaryStream(input) : null;
    }

    /** The first bytes of a large message; null for all others and if they are only on a server. */
    #readStart(messageId) {
      const header = this.#message(messageId);
      const stream = header && header.messageSize >= LARGE && this.#storedStream(header);
      if (!stream) {
        return null;
      }
      try {
        const start = new ArrayBuffer(START);
        return start.slice(0, stream.readArrayBuffer(START, start));
      } finally {
        stream.close();
      }
    }

    /**
     * The bytes of a message as they are stored; null for one in no folder, and for a small one that
     * is only on a server: there the public call is as quick.
     */
    async #read(messageId) {
      const header = this.#message(messageId);
      if (!header) {
        return null;
      }
      const stream = this.#storedStream(header);
      if (stream) {
        return readAll(stream, header.messageSize);
      }
      return header.messageSize >= LARGE ? this.#readFromServer(header) : null;
    }

    async #readFromServer(header) {
      const uri = header.folder.getUriForMsg(header);
      const chunks = [];
      const { promise, resolve, reject } = Promise.withResolvers();
      const timeout = setTimeout(() => reject(new Error("no connection")), CONNECTION_MILLISECONDS);
      const listener = {
        QueryInterface: ChromeUtils.generateQI(["nsIStreamListener", "nsIRequestObserver"]),
        onStartRequest() {
          clearTimeout(timeout);
        },
        onDataAvailable(_request, input, _offset, count) {
          const chunk = new ArrayBuffer(count);
          binaryStream(input).readArrayBuffer(count, chunk);
          chunks.push(new Uint8Array(chunk));
        },
        onStopRequest(_request, status) {
          clearTimeout(timeout);
          if (Components.isSuccessCode(status)) {
            resolve();
          } else {
            reject(new Error(`the message cannot be read: ${status}`));
          }
        },
      };
      MailServices.messageServiceFromURI(uri).streamMessage(uri, listener, null, null, false, "");
      await promise;
      return new Blob(chunks);
    }

    /** What Thunderbird's own OpenPGP or S/MIME is about to do with this very message. */
    #builtInProtection(mimeMessage, window) {
      if (!mimeMessage._getComposeSecure()) {
        return "none";
      }
      return window.gSendEncrypted ? "encrypted" : "signed";
    }

    /**
     * Tells of each message that Thunderbird has sent out of the Outbox. That one has gone from there
     * says less: the user may have deleted it.
     */
    #watchOutbox() {
      let leaving = null;
      const settle = () => {
        const messageId = leaving;
        leaving = null;
        const listener = this.#listeners.onLeft;
        if (messageId && listener) {
          const tell = async () => {
            await listener.fire.wakeup?.();
            await listener.fire.async(messageId);
          };
          tell().catch((error) => {
            console.error("S/MIME Exchange: nobody heard what was sent", error);
          });
        }
      };
      const observer = {
        QueryInterface: ChromeUtils.generateQI(["nsIMsgSendLaterListener"]),
        onStartSending() {},
        onMessageStartSending(_current, _total, header) {
          settle();
          leaving = header.messageId;
        },
        onMessageSendProgress() {},
        onMessageSendError() {
          leaving = null;
        },
        onStopSending(status) {
          if (!Components.isSuccessCode(status)) {
            leaving = null;
          }
          settle();
        },
      };
      const outbox = Cc["@mozilla.org/messengercompose/sendlater;1"].getService(Ci.nsIMsgSendLater);
      outbox.addListener(observer);
      this.#restore.push(() => outbox.removeListener(observer));
    }

    #wrapMessageWindows() {
      const wrapped = new Map();
      const wrap = (window) => {
        const sink = window.smimeSink;
        if (!this.#active || !sink || wrapped.has(window)) {
          return;
        }
        const original = sink.encryptionStatus;
        const wrapper = (level, status, ...rest) => {
          if (!this.#active || status === Ci.nsICMSMessageErrors.SUCCESS) {
            original.call(sink, level, status, ...rest);
          }
        };
        sink.encryptionStatus = wrapper;
        wrapped.set(window, () => {
          if (sink.encryptionStatus === wrapper) {
            sink.encryptionStatus = original;
          }
        });
        window.addEventListener("unload", () => wrapped.delete(window), { once: true });
      };

      const observer = {
        observe(document) {
          if (document.documentURI !== "about:message") {
            return;
          }
          const window = document.defaultView;
          if (document.readyState === "complete") {
            wrap(window);
          } else {
            // The scripts that define smimeSink run before this event, and no message before it.
            window.addEventListener("DOMContentLoaded", () => wrap(window), { once: true });
          }
        },
      };
      Services.obs.addObserver(observer, "document-element-inserted");
      for (const window of Services.wm.getEnumerator(null)) {
        for (const context of window.browsingContext.getAllBrowsingContextsInSubtree()) {
          if (context.window?.document) {
            observer.observe(context.window.document);
          }
        }
      }
      this.#restore.push(() => {
        Services.obs.removeObserver(observer, "document-element-inserted");
        for (const restore of wrapped.values()) {
          restore();
        }
      });
    }
  }

  this.smimeBridge = Bridge;
})();
