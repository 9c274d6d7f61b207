import { writeFileSync } from "node:fs";
import { join } from "node:path";

export type Preferences = Readonly<Record<string, string | number | boolean>>;

/** What keeps Thunderbird from asking, announcing and phoning. */
const silent: Preferences = {
  "app.donation.eoy.version.viewed": 999,
  "app.update.auto": false,
  "app.update.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "datareporting.healthreport.uploadEnabled": false,
  "extensions.autoDisableScopes": 0,
  "extensions.getAddons.cache.enabled": false,
  "extensions.update.enabled": false,
  "mail.inappnotifications.enabled": false,
  "mail.provider.enabled": false,
  "mail.provider.suppress_dialog_on_startup": true,
  "mail.rights.version": 1,
  "mail.shell.checkDefaultClient": false,
  "mail.spotlight.firstRunDone": true,
  "mail.winsearch.firstRunDone": true,
  "mailnews.start_page.enabled": false,
  "mailnews.start_page_override.mstone": "ignore",
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
  "services.settings.server": "http://127.0.0.1:9/",
  "toolkit.telemetry.unified": false,
};

/** What a test needs beside that, and a user would not want. */
export const underTest: Preferences = {
  // A display without a window manager gives no window the focus.
  "focusmanager.testmode": true,
  // The machine has no network; that must not put Thunderbird offline.
  "network.manage-offline-status": false,
  "offline.autoDetect": false,
  "network.online": true,
  // A message is read as soon as it is shown, and the list does not move under the test.
  "mailnews.mark_message_read.delay": false,
  // What lies in the Outbox leaves without a question.
  "offline.send.unsent_messages": 1,
  // Whatever language the machine speaks.
  "intl.locale.requested": "en-US",
  "mail.biff.show_alert": false,
  "mail.biff.play_sound": false,
  "mail.warn_on_send_accel_key": false,
  "mail.compose.attachment_reminder": false,
  "mail.collect_email_address_outgoing": false,
  "ui.prefersReducedMotion": 1,
  "security.dialog_enable_delay": 0,
};

/** Writes the preferences of a new profile. */
export function writePreferences(profile: string, ...preferences: Preferences[]): void {
  const all = Object.assign({}, silent, ...preferences) as Preferences;
  const lines = Object.entries(all).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  writeFileSync(join(profile, "user.js"), lines.join(""));
}

/** Downloads go into this folder without a question. */
export function downloadsTo(folder: string): Preferences {
  return {
    "browser.download.useDownloadDir": true,
    "browser.download.folderList": 2,
    "browser.download.dir": folder,
  };
}
