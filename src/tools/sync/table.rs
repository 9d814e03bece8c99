//! Every option of a Sync session, from the "async command reference" of 4.4.
//! The bindings say which of them are dangerous together.

use super::options::{SyncOption, option};
use crate::state::ValueType::{
    self, Bool as Switch, Choice, NonEmptyLine as Text, Path, Port, SyncRate as Rate,
};

const COUNT: ValueType = ValueType::int(0, u32::MAX as i64);
const PRESERVED: ValueType = Choice(&["native", "metafile", "none"]);
const CIPHERS: &[&str] = &[
    "none",
    "aes128",
    "aes192",
    "aes256",
    "aes128cfb",
    "aes192cfb",
    "aes256cfb",
    "aes128gcm",
    "aes192gcm",
    "aes256gcm",
];

/// The options of `async` that scripts can give.
#[rustfmt::skip] // Two lines for an option: what it is, and what it does.
pub const SYNC_OPTIONS: &[SyncOption] = &[
    option("direction", "-K", Choice(&["push", "pull", "bidi"]), "push",
        "Which side is brought up to date: the remote one (push), the local one (pull) or both (bidi)."),
    option("continuous", "-C", Switch, "false",
        "Keeps watching for changes; the session never ends by itself."),
    option("private_key", "-i", Path, "",
        "File of a private key for SSH.").repeatable(),
    option("tcp_port", "-P", Port, "22",
        "Port of the remote SSH server."),
    option("udp_port", "-O", Port, "33001",
        "UDP port for data."),
    option("target_rate", "-l", Rate, "10m",
        "Target rate of transfers.").unit("bit/s"),
    option("min_rate", "-m", Rate, "0",
        "Lowest rate of transfers.").unit("bit/s"),
    option("rate_policy", "-a", Choice(&["fair", "fixed", "high", "low"]), "fair",
        "How to share bandwidth with other traffic."),
    option("cipher", "-c", Choice(CIPHERS), "aes128",
        "Encryption of data in transit."),
    option("checksum", "-k", Choice(&["sha1", "md5", "sha1_sparse", "md5_sparse", "none"]), "sha1_sparse",
        "How files are compared."),
    option("overwrite", "-o", Choice(&["always", "older", "conflict"]), "always",
        "When a file on the receiving side is replaced; the default of a bidi session is conflict."),
    option("symbolic_links", "-n", Choice(&["copy", "skip", "follow"]), "copy",
        "How symbolic links are treated."),
    option("include", "--include", Text, "",
        "Pattern of paths to include; filters apply in the order given.").repeatable(),
    option("exclude", "--exclude", Text, "",
        "Pattern of paths to exclude; filters apply in the order given.").repeatable(),
    option("include_from", "--include-from", Path, "",
        "File of patterns of paths to include.").repeatable(),
    option("exclude_from", "--exclude-from", Path, "",
        "File of patterns of paths to exclude.").repeatable(),
    option("exclude_dirs_older_than", "--exclude-dirs-older-than", Text, "",
        "Excludes folders that have not changed since this time."),
    option("local_db_dir", "-b", Path, "",
        "Folder of the local snapshot, if not the synchronized folder."),
    option("remote_db_dir", "-B", Path, "",
        "Folder of the remote snapshot, if not the synchronized folder."),
    option("log_dir", "-L", Path, "",
        "Folder of the local log; it cannot be in the synchronized folder.").for_instance(),
    option("remote_log_dir", "-R", Path, "",
        "Folder of the remote log."),
    option("create_dir", "--create-dir", Switch, "false",
        "Creates folders that are missing at either end."),
    option("reset", "-x", Switch, "false",
        "Deletes the snapshot and scans everything again."),
    option("cooloff", "--cooloff", ValueType::int(0, 60), "3",
        "How long a file must be unchanged before it is transferred.").unit("s"),
    option("cooloff_max", "--cooloff-max", COUNT, "",
        "How long to wait for a file that keeps changing.").unit("s"),
    option("pending_max", "--pending-max", COUNT, "2000",
        "How many files may be queued for transfer.").unit("files"),
    option("scan_intensity", "-H", Choice(&["vlow", "low", "medium", "high", "vhigh"]), "medium",
        "How much load a scan may put on the machine."),
    option("scan_interval", "--scan-interval", Text, "",
        "How often the local folder is scanned again."),
    option("remote_scan_interval", "--remote-scan-interval", Text, "",
        "How often the remote folder is scanned again."),
    option("scan_threads", "--scan-threads", ValueType::int(1, 1024), "",
        "Number of threads that scan."),
    option("transfer_threads", "--transfer-threads", Text, "",
        "Number of threads that transfer, and the file sizes each takes."),
    option("no_scan", "--no-scan", Switch, "false",
        "Skips the first scan."),
    option("assume_no_mods", "--assume-no-mods", Switch, "false",
        "Treats folders with an old modification time as unchanged."),
    option("preserve_uid", "-u", Switch, "false",
        "Preserves owners."),
    option("preserve_gid", "-j", Switch, "false",
        "Preserves groups."),
    option("preserve_time", "-t", Switch, "false",
        "Preserves times."),
    option("preserve_access_time", "--preserve-access-time", Switch, "false",
        "Preserves access times."),
    option("preserve_modification_time", "--preserve-modification-time", Switch, "false",
        "Preserves modification times."),
    option("preserve_acls", "--preserve-acls", PRESERVED, "none",
        "How access control lists are preserved."),
    option("preserve_xattrs", "--preserve-xattrs", PRESERVED, "none",
        "How extended attributes are preserved."),
    option("remote_preserve_acls", "--remote-preserve-acls", PRESERVED, "none",
        "How access control lists are preserved on the remote side."),
    option("remote_preserve_xattrs", "--remote-preserve-xattrs", PRESERVED, "none",
        "How extended attributes are preserved on the remote side."),
    option("keep_dir_local", "--keep-dir-local", Path, "",
        "Folder to which files deleted on the local side are moved."),
    option("keep_dir_remote", "--keep-dir-remote", Path, "",
        "Folder to which files deleted on the remote side are moved."),
    option("ignore_delete", "--ignore-delete", Switch, "false",
        "Does not propagate deletions."),
    option("delete_before", "--delete-before", Switch, "false",
        "Deletes before the transfer."),
    option("delete_delay", "--delete-delay", Switch, "false",
        "Deletes after the transfer."),
    option("mirror", "--mirror", Switch, "false",
        "Makes the receiving side an exact copy of the sending side."),
    option("remove_after_transfer", "--remove-after-transfer", Switch, "false",
        "Deletes each source file after its transfer."),
    option("local_mount_signature", "--local-mount-signature", Text, "",
        "File that exists only while the local volume is mounted; without it an unmounted volume looks like deleted files."),
    option("remote_mount_signature", "--remote-mount-signature", Text, "",
        "File that exists only while the remote volume is mounted."),
    option("compression", "--compression", Choice(&["none", "zlib"]), "",
        "Compression of data in transit."),
    option("datagram_size", "-Z", ValueType::int(1, 65535), "",
        "Size of a datagram.").unit("bytes"),
    option("retransmission_size", "-X", COUNT, "",
        "Largest size of a request for retransmission.").unit("bytes"),
    option("read_block_size", "-g", Rate, "",
        "Size of a block that is read.").unit("bytes"),
    option("write_block_size", "-G", Rate, "",
        "Size of a block that is written.").unit("bytes"),
    option("apply_local_docroot", "--apply-local-docroot", Switch, "false",
        "Interprets the local folder relative to the local user's docroot.").for_instance(),
    option("web_socket", "--ws-connect", Switch, "false",
        "Connects by secure WebSocket instead of SSH.").for_instance(),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn option_names_and_flags_are_unique_and_documented() {
        for (nth, option) in SYNC_OPTIONS.iter().enumerate() {
            let others = &SYNC_OPTIONS[..nth];
            assert!(
                others
                    .iter()
                    .all(|o| o.name != option.name && o.flag != option.flag)
            );
            assert!(option.flag.starts_with('-'), "{}", option.name);
            assert!(option.doc.ends_with('.'), "{}", option.name);
        }
    }

    #[test]
    fn every_default_is_accepted() {
        for option in SYNC_OPTIONS
            .iter()
            .filter(|option| !option.default.is_empty())
        {
            assert!(option.check(option.default).is_ok(), "{}", option.name);
        }
    }

    #[test]
    fn no_option_holds_a_secret() {
        for flag in [
            "-w",
            "-W",
            "--token",
            "--cookie",
            "--proxy",
            "--remote-password",
        ] {
            assert!(SYNC_OPTIONS.iter().all(|option| option.flag != flag));
        }
    }
}
