//! Every option a Sync session can have, by the "async command reference" of
//! 4.4. Which of them go well together is not said here.

use super::options::SyncKind::{self, Choice, Number, Path, Rate, Switch, Text};
use super::options::{SyncOption, option};

const ANY: SyncKind = Number(0, u32::MAX);
const PRESERVED: SyncKind = Choice(&["native", "metafile", "none"]);
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
        "Which side follows which: the remote (push), the local (pull), or each the other (bidi)."),
    option("continuous", "-C", Switch, "false",
        "Goes on watching for changes and never ends by itself."),
    option("private_key", "-i", Path, "",
        "A private key for SSH.").repeatable(),
    option("tcp_port", "-P", Number(1, 65535), "22",
        "The port of the remote SSH server."),
    option("udp_port", "-O", Number(1, 65535), "33001",
        "The port for data."),
    option("target_rate", "-l", Rate, "10m",
        "How fast to transfer.").unit("bit/s"),
    option("min_rate", "-m", Rate, "0",
        "How slow a transfer may become.").unit("bit/s"),
    option("rate_policy", "-a", Choice(&["fair", "fixed", "high", "low"]), "fair",
        "How to share the line with others."),
    option("cipher", "-c", Choice(CIPHERS), "aes128",
        "How data is encrypted on the way."),
    option("checksum", "-k", Choice(&["sha1", "md5", "sha1_sparse", "md5_sparse", "none"]), "sha1_sparse",
        "How files are compared."),
    option("overwrite", "-o", Choice(&["always", "older", "conflict"]), "always",
        "When a file on the other side is replaced; a bidi session defaults to conflict."),
    option("symbolic_links", "-n", Choice(&["copy", "skip", "follow"]), "copy",
        "What is done with symbolic links."),
    option("include", "--include", Text, "",
        "A pattern of paths to take; filters apply in their order.").repeatable(),
    option("exclude", "--exclude", Text, "",
        "A pattern of paths to leave out; filters apply in their order.").repeatable(),
    option("include_from", "--include-from", Path, "",
        "A file of patterns to take.").repeatable(),
    option("exclude_from", "--exclude-from", Path, "",
        "A file of patterns to leave out.").repeatable(),
    option("exclude_dirs_older_than", "--exclude-dirs-older-than", Text, "",
        "Leaves out folders that have not changed since then."),
    option("local_db_dir", "-b", Path, "",
        "Where the local snapshot is kept, if not in the synchronised folder."),
    option("remote_db_dir", "-B", Path, "",
        "Where the remote snapshot is kept, if not in the synchronised folder."),
    option("log_dir", "-L", Path, "",
        "Where this side writes its log; never in the synchronised folder.").for_instance(),
    option("remote_log_dir", "-R", Path, "",
        "Where the other side writes its log."),
    option("create_dir", "--create-dir", Switch, "false",
        "Makes folders that are missing at either end."),
    option("reset", "-x", Switch, "false",
        "Drops the snapshot and looks at everything again."),
    option("cooloff", "--cooloff", Number(0, 60), "3",
        "How long a file must rest before it is transferred.").unit("s"),
    option("cooloff_max", "--cooloff-max", ANY, "",
        "How long a file that keeps changing is waited for.").unit("s"),
    option("pending_max", "--pending-max", ANY, "2000",
        "How many files may wait for transfer.").unit("files"),
    option("scan_intensity", "-H", Choice(&["vlow", "low", "medium", "high", "vhigh"]), "medium",
        "How much a scan may burden the machine."),
    option("scan_interval", "--scan-interval", Text, "",
        "How often the local folder is scanned again."),
    option("remote_scan_interval", "--remote-scan-interval", Text, "",
        "How often the remote folder is scanned again."),
    option("scan_threads", "--scan-threads", Number(1, 1024), "",
        "How many threads scan."),
    option("transfer_threads", "--transfer-threads", Text, "",
        "How many threads transfer, and files of which size."),
    option("no_scan", "--no-scan", Switch, "false",
        "Leaves out the first scan."),
    option("assume_no_mods", "--assume-no-mods", Switch, "false",
        "Takes folders with an old time as unchanged."),
    option("preserve_uid", "-u", Switch, "false",
        "Keeps owners."),
    option("preserve_gid", "-j", Switch, "false",
        "Keeps groups."),
    option("preserve_time", "-t", Switch, "false",
        "Keeps times."),
    option("preserve_access_time", "--preserve-access-time", Switch, "false",
        "Keeps the time of the last reading."),
    option("preserve_modification_time", "--preserve-modification-time", Switch, "false",
        "Keeps the time of the last change."),
    option("preserve_acls", "--preserve-acls", PRESERVED, "none",
        "How access lists are kept."),
    option("preserve_xattrs", "--preserve-xattrs", PRESERVED, "none",
        "How extended attributes are kept."),
    option("remote_preserve_acls", "--remote-preserve-acls", PRESERVED, "none",
        "How access lists are kept on the other side."),
    option("remote_preserve_xattrs", "--remote-preserve-xattrs", PRESERVED, "none",
        "How extended attributes are kept on the other side."),
    option("keep_dir_local", "--keep-dir-local", Path, "",
        "Where files deleted on this side are kept."),
    option("keep_dir_remote", "--keep-dir-remote", Path, "",
        "Where files deleted on the other side are kept."),
    option("ignore_delete", "--ignore-delete", Switch, "false",
        "Does not carry deletions over."),
    option("delete_before", "--delete-before", Switch, "false",
        "Deletes before it transfers."),
    option("delete_delay", "--delete-delay", Switch, "false",
        "Deletes after it has transferred."),
    option("mirror", "--mirror", Switch, "false",
        "Makes one side the exact image of the other."),
    option("remove_after_transfer", "--remove-after-transfer", Switch, "false",
        "Deletes each source file that has arrived."),
    option("local_mount_signature", "--local-mount-signature", Text, "",
        "A file that proves the local volume is mounted; without it a vanished volume looks like deleted files."),
    option("remote_mount_signature", "--remote-mount-signature", Text, "",
        "A file that proves the remote volume is mounted."),
    option("compression", "--compression", Choice(&["none", "zlib"]), "",
        "How data is compressed on the way."),
    option("datagram_size", "-Z", Number(1, 65535), "",
        "The size of a datagram.").unit("bytes"),
    option("retransmission_size", "-X", ANY, "",
        "The most a request for retransmission may hold.").unit("bytes"),
    option("read_block_size", "-g", Rate, "",
        "How much is read at once.").unit("bytes"),
    option("write_block_size", "-G", Rate, "",
        "How much is written at once.").unit("bytes"),
    option("apply_local_docroot", "--apply-local-docroot", Switch, "false",
        "Takes the local folder as below the local user's docroot.").for_instance(),
    option("web_socket", "--ws-connect", Switch, "false",
        "Connects by secure web socket instead of SSH.").for_instance(),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_is_one_thing_and_says_what_it_does() {
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
    fn every_default_could_be_given() {
        for option in SYNC_OPTIONS
            .iter()
            .filter(|option| !option.default.is_empty())
        {
            assert!(option.checked(option.default).is_ok(), "{}", option.name);
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
