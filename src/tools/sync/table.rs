//! Every option of a Sync session, from the "async command reference" of 4.4 and from the schema
//! of a session that IBM publishes with its own command line (aspera-cli, `conf.schema.yaml`).
//! The bindings say which of them are dangerous together.

use super::options::{SyncOption, option};
use crate::state::ValueType::{
    self, Bool as Switch, Choice, NonEmptyLine as Text, Path, Port, SyncRate as Rate,
};

const COUNT: ValueType = ValueType::int(0, u32::MAX as i64);
/// The schema's range for every number of threads.
const THREADS: ValueType = ValueType::int(1, 99);
const NEVER_OR_COUNT: ValueType = ValueType::int(-1, u32::MAX as i64);
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
        "Pattern of paths to include. Beside other rules, use `filters`.").repeatable(),
    option("exclude", "--exclude", Text, "",
        "Pattern of paths to exclude. Beside other rules, use `filters`.").repeatable(),
    option("include_from", "--include-from", Path, "",
        "File of patterns of paths to include. Beside other rules, use `filters`.").repeatable(),
    option("exclude_from", "--exclude-from", Path, "",
        "File of patterns of paths to exclude. Beside other rules, use `filters`.").repeatable(),
    option("exclude_dirs_older_than", "--exclude-dirs-older-than", Text, "",
        "Excludes folders that have not changed since this time."),
    option("local_db_dir", "-b", Path, "",
        "Folder of the local snapshot, if not the synchronized folder."),
    option("remote_db_dir", "-B", Path, "",
        "Folder of the remote snapshot, if not the synchronized folder."),
    option("local_db_store_dir", "--local-db-store-dir", Text, "",
        "Where the local snapshot is stored and restored from: a path, a URL, or `-` for the synchronized folder."),
    option("remote_db_store_dir", "--remote-db-store-dir", Text, "",
        "Where the remote snapshot is stored and restored from: a path, a URL, or `-` for the synchronized folder."),
    option("clean_excluded", "--clean-excluded", Switch, "false",
        "Removes excluded paths from the snapshot."),
    option("store_metadata_records", "--store-metadata-records", Switch, "false",
        "Stores access control lists and extended attributes in the snapshot."),
    option("log_dir", "-L", Path, "",
        "Folder of the local log; it cannot be in the synchronized folder.").for_instance(),
    option("remote_log_dir", "-R", Path, "",
        "Folder of the remote log."),
    option("log_level", "-D", Choice(&["log", "dbg1", "dbg2"]), "log",
        "Detail of the log.").for_instance().level(),
    option("no_log", "--no-log", Choice(&["stats"]), "",
        "Leaves these messages out of the log."),
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
    option("scan_threads", "--scan-threads", THREADS, "1",
        "Number of threads that scan folders on the local side."),
    option("remote_scan_threads", "--remote-scan-threads", THREADS, "1",
        "Number of threads that scan folders on the remote side."),
    option("local_checksum_threads", "--local-checksum-threads", THREADS, "4",
        "Number of threads that compute checksums on the local side."),
    option("remote_checksum_threads", "--remote-checksum-threads", THREADS, "4",
        "Number of threads that compute checksums on the remote side."),
    option("local_fs_threads", "--local-fs-threads", THREADS, "1",
        "Number of threads for other work on the local file system."),
    option("remote_fs_threads", "--remote-fs-threads", THREADS, "1",
        "Number of threads for other work on the remote file system."),
    option("transfer_threads", "--transfer-threads", Text, "",
        "Number of threads that transfer, and the file sizes each takes."),
    option("scan_dir_rename", "--scan-dir-rename", Switch, "false",
        "Detects renamed folders by their inodes."),
    option("scan_file_rename", "--scan-file-rename", Switch, "false",
        "Detects renamed files by their inodes."),
    option("resume_scan", "--resume-scan", Switch, "false",
        "Continues the scan where the session before stopped."),
    option("local_force_stat", "--local-force-stat", Switch, "false",
        "Reads the properties of every local file, even where no change was noticed."),
    option("remote_force_stat", "--remote-force-stat", Switch, "false",
        "Reads the properties of every remote file, even where no change was noticed."),
    option("watchd", "--watchd", Text, "",
        "Takes changes from asperawatchd, as `redis:HOST:PORT` or `redis:HOST:PORT:DOMAIN`.").for_instance(),
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
    option("preserve_creation_time", "--preserve-creation-time", Switch, "false",
        "Preserves creation times."),
    option("no_preserve_root_attrs", "--no-preserve-root-attrs", Switch, "false",
        "Does not preserve the attributes of the synchronized folder itself."),
    option("preserve_object_metadata", "--preserve-object-metadata", Switch, "false",
        "Preserves the metadata of objects in object storage."),
    option("preserve_object_lock_legal_hold", "--preserve-object-lock-legal-hold", Switch, "false",
        "Preserves whether objects are under legal hold."),
    option("preserve_object_lock_retention", "--preserve-object-lock-retention", Switch, "false",
        "Preserves how long objects are retained."),
    option("ignore_mode", "--ignore-mode", Switch, "false",
        "Does not transfer a changed mode of a file that was transferred before."),
    option("write_uid", "--write-uid", Text, "",
        "User that files are written as, where possible."),
    option("write_gid", "--write-gid", Text, "",
        "Group that files are written as, where possible."),
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
    option("dedup", "--dedup", Choice(&["copy", "inode", "hardlink", "none"]), "none",
        "How duplicate files on the sending side are treated."),
    option("local_move_cache_timeout", "--local-move-cache-timeout", NEVER_OR_COUNT, "-1",
        "How long to try to move a file from the local cache to its place; -1 is without end.").unit("s"),
    option("remote_move_cache_timeout", "--remote-move-cache-timeout", NEVER_OR_COUNT, "-1",
        "How long to try to move a file from the remote cache to its place; -1 is without end.").unit("s"),
    option("sharing_retry_max", "--sharing-retry-max", COUNT, "3",
        "How often to try again after a sharing violation."),
    option("support_resume", "--support-resume", COUNT, "",
        "Resumes the transfer of files of this size or more in the next session; the schema names 1048576.").unit("bytes"),
    option("resume_age_days", "--resume-age-days", COUNT, "5",
        "Age up to which partly transferred files are kept to be resumed.").unit("days"),
    option("mirror", "--mirror", Switch, "false",
        "Makes the receiving side an exact copy of the sending side; not for a bidi session."),
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
    option("tags64", "--tags64", Text, "",
        "Metadata tags, as the base64 of a JSON object."),
    option("apply_local_docroot", "--apply-local-docroot", Switch, "false",
        "Interprets the local folder relative to the local user's docroot.").for_instance(),
    option("web_socket", "--ws-connect", Switch, "false",
        "Connects by secure WebSocket instead of SSH.").for_instance(),
];

/// An option of `async` that scripts cannot give.
pub(super) struct RefusedOption {
    /// The name that it would have in scripts.
    pub(super) name: &'static str,
    /// Why it is refused.
    pub(super) reason: &'static str,
    /// What to do instead.
    pub(super) instead: &'static str,
}

const fn refused(name: &'static str, reason: &'static str, instead: &'static str) -> RefusedOption {
    RefusedOption {
        name,
        reason,
        instead,
    }
}

/// The options of `async` that scripts cannot give. Those that only its JSON input has
/// (`--conf64`) are no options of its command line.
pub(super) const REFUSED_OPTIONS: &[RefusedOption] = &[
    refused(
        "continuous",
        "a continuous session never ends, and a run waits for the end of each step",
        "leave `continuous` out, or keep the session running with `sync.service`",
    ),
    refused(
        "host",
        "`remote` names the host",
        "write `remote: \"user@host:/path\"`",
    ),
    refused(
        "remote_password",
        "every local user can see the arguments of `async`",
        "use `password`, which `async` gets by its environment",
    ),
    refused(
        "proxy",
        "the address of a proxy can hold its password, and every local user can see the arguments of `async`",
        "start this session by hand",
    ),
    refused(
        "raw_options",
        "no source says how `async` takes them, and they can hold a token that every local user can see",
        "use the options of the session by their names",
    ),
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
    fn a_refused_option_is_not_offered() {
        for refused in REFUSED_OPTIONS {
            assert!(SYNC_OPTIONS.iter().all(|o| o.name != refused.name));
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
            "--raw-options",
        ] {
            assert!(SYNC_OPTIONS.iter().all(|option| option.flag != flag));
        }
    }
}
