import path from 'node:path';

/** What the service runs. */
export interface ServedProgram {
  /** Absolute path of Node. */
  readonly node: string;
  /** Absolute path of the program's script. */
  readonly script: string;
  /** Arguments behind `serve`. */
  readonly flags: readonly string[];
  readonly home: string;
}

/** A file of a service, and what is in it. */
export interface ServiceFile {
  readonly path: string;
  readonly text: string;
}

/** The manager of services that a system has, and the commands by which it is spoken to. */
export interface ServiceManager {
  readonly id: 'systemd' | 'launchd';
  readonly files: (program: ServedProgram, folders: ServiceFolders) => readonly ServiceFile[];
  readonly start: readonly (readonly string[])[];
  readonly stop: readonly (readonly string[])[];
  /** Exits with 0 when the service runs. */
  readonly status: readonly string[];
}

/** Where a user's services lie. */
export interface ServiceFolders {
  readonly home: string;
  /** `$XDG_CONFIG_HOME`, or what stands for it. */
  readonly config: string;
}

const UNIT = 'plimsoll.service';
const LABEL = 'dev.plimsoll.serve';

/** A word of a command line in a unit: quoted, with what systemd would expand taken literally. */
const word = (text: string): string =>
  `"${text.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const systemd: ServiceManager = {
  id: 'systemd',
  files: ({ node, script, flags }, { config }) => [
    {
      path: path.join(config, 'systemd', 'user', UNIT),
      text: `[Unit]
Description=Plimsoll: local models at the level that fits
Documentation=https://github.com/plimsoll/plimsoll
After=network.target

[Service]
Type=notify
NotifyAccess=all
WatchdogSec=60
ExecStart=${[node, script, 'serve', ...flags].map(word).join(' ')}
Restart=on-failure
RestartSec=5
TimeoutStopSec=30
NoNewPrivileges=true
PrivateTmp=true

[Install]
WantedBy=default.target
`,
    },
  ],
  start: [
    ['systemctl', '--user', 'daemon-reload'],
    ['systemctl', '--user', 'enable', '--now', UNIT],
  ],
  stop: [['systemctl', '--user', 'disable', '--now', UNIT]],
  status: ['systemctl', '--user', 'is-active', '--quiet', UNIT],
};

const launchd: ServiceManager = {
  id: 'launchd',
  files: ({ node, script, flags, home }) => [
    {
      path: path.join(home, 'Library', 'LaunchAgents', `${LABEL}.plist`),
      text: `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${[node, script, 'serve', ...flags].map((text) => `    <string>${xml(text)}</string>`).join('\n')}
  </array>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>ExitTimeOut</key><integer>30</integer>
  <key>StandardErrorPath</key><string>${xml(path.join(home, 'Library', 'Logs', 'plimsoll.log'))}</string>
</dict>
</plist>
`,
    },
  ],
  start: [['launchctl', 'load', '-w', path.join('~', 'Library', 'LaunchAgents', `${LABEL}.plist`)]],
  stop: [['launchctl', 'unload', '-w', path.join('~', 'Library', 'LaunchAgents', `${LABEL}.plist`)]],
  status: ['launchctl', 'list', LABEL],
};

/** The manager by the system; null where there is none that is known here. */
export const managerOf = (platform: NodeJS.Platform): ServiceManager | null =>
  platform === 'linux' ? systemd : platform === 'darwin' ? launchd : null;
