/** How to install what is missing. */
export const INSTALL_HINT: string =
  "install bubblewrap 0.6 or newer (Debian, Ubuntu: apt-get install -y --no-install-recommends bubblewrap; Fedora: dnf install bubblewrap; Arch: pacman -S bubblewrap; Alpine: apk add bubblewrap)";

/** AppArmor profile that Ubuntu 23.10 and later want before an unprivileged bwrap may work. */
export const APPARMOR_PROFILE: string = [
  "abi <abi/4.0>,",
  "include <tunables/global>",
  "profile bwrap /usr/bin/bwrap flags=(unconfined) {",
  "  userns,",
  "  include if exists <local/bwrap>",
  "}",
].join("\n");

const FIXES: readonly (readonly [RegExp, string])[] = [
  [/bwrap was not found|too old/u, INSTALL_HINT],
  [/setpriv/u, "install util-linux, or run Regoose as a user that is not root"],
  [
    /RTM_NEWADDR|setting up uid map: Permission denied|apparmor/iu,
    `AppArmor forbids user namespaces here (Ubuntu 23.10 and later). Keep the restriction and allow bwrap alone: write this to /etc/apparmor.d/bwrap, then run \`sudo apparmor_parser -r /etc/apparmor.d/bwrap\`:\n${APPARMOR_PROFILE}`,
  ],
  [
    /No permissions to create (?:a )?new namespace|Creating new namespace failed|Operation not permitted.*namespace/iu,
    "the kernel forbids user namespaces to this user: set kernel.unprivileged_userns_clone=1 and user.max_user_namespaces>0 with sysctl; within a container, start that one with --security-opt seccomp=unconfined (Docker's default filter forbids them), or use --sandbox guarded",
  ],
  [
    /Failed to make \/ slave|Can't mount proc|pivot_root|mount/iu,
    "the container that Regoose runs in forbids mounts: start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined, run Regoose outside of it, or use --sandbox guarded",
  ],
];

/** The fix for a tool's error, or null when the error is not known. */
export function toFix(problem: string): string | null {
  return FIXES.find(([pattern]) => pattern.test(problem))?.[1] ?? null;
}
