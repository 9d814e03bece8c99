/* Minimal stand-ins for the tools of a node, each under the tool's name; and `peak`, which runs a
 * program and prints its peak memory.
 *
 * They support the Faspex procedure only: they print what the real tools print, record what was
 * done in the files of ../var/stub, and prompt for passwords on a terminal. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static char node[PATH_MAX];

static const char *in_node(const char *name) {
    static char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/%s", node, name);
    return path;
}

static int is_done(const char *what) {
    char name[64];
    snprintf(name, sizeof name, "var/stub/%s", what);
    return access(in_node(name), F_OK) == 0;
}

static void mark_done(const char *what) {
    char name[64];
    snprintf(name, sizeof name, "var/stub/%s", what);
    close(open(in_node(name), O_CREAT | O_WRONLY, 0600));
}

static void ask(const char *prompt) {
    char answer[256];
    struct termios before, hidden;
    int tty;
    if ((tty = open("/dev/tty", O_RDWR)) < 0)
        return;
    tcgetattr(tty, &before);
    hidden = before;
    hidden.c_lflag &= ~ECHO;
    tcsetattr(tty, TCSAFLUSH, &hidden);
    if (write(tty, prompt, strlen(prompt)) < 0 || read(tty, answer, sizeof answer) <= 0)
        _exit(1);
    tcsetattr(tty, TCSANOW, &before);
    close(tty);
}

/* The XML around each setting of the procedure. */
static const struct { const char *name, *before, *after; } settings[] = {
    {"user_name", "<aaa><realms><realm><users><user><name>", "</name>"},
    {"absolute", "<file_system><access><paths><path><absolute>",
     "</absolute></path></paths></access></file_system>"},
    {"authorization_transfer_in_value", "<authorization><transfer><in><value>", "</value></in>"},
    {"authorization_transfer_out_value", "<out><value>", "</value></out></transfer>"},
    {"token_encryption_key", "<token><encryption_key>",
     "</encryption_key></token></authorization></user></users></realm></realms></aaa>"},
    {"server_name", "<server><server_name>", "</server_name></server>"},
    {"enable_http", "<http_server><enable_http>", "</enable_http>"},
    {"http_port", "<http_port>", "</http_port>"},
    {"enable_https", "<enable_https>", "</enable_https>"},
    {"https_port", "<https_port>", "</https_port></http_server>"},
};

/* Settings arrive in the order of the table, so appending keeps the file well-formed. */
static void configure(char *words) {
    char text[4096] = "";
    size_t count = sizeof settings / sizeof *settings;
    for (char *pair = strtok(words, ";\n"); pair; pair = strtok(NULL, ";\n")) {
        char *value = strchr(pair, ',');
        if (!value)
            continue;
        *value++ = 0;
        for (size_t i = 0; i < count; i++) {
            if (strcmp(settings[i].name, pair))
                continue;
            if (i == 0 && is_done("user"))
                break;
            if (i == 0)
                mark_done("user");
            strcat(strcat(strcat(text, settings[i].before), value), settings[i].after);
        }
    }
    int conf = open(in_node("etc/aspera.conf"), O_RDWR);
    lseek(conf, -(off_t)strlen("</CONF>\n"), SEEK_END);
    strcat(text, "</CONF>\n");
    if (write(conf, text, strlen(text)) < 0)
        _exit(1);
}

static int asconfigurator(int argc, char **argv) {
    char input[4096] = "";
    if (argc > 2) {
        configure(argv[2]);
        return 0;
    }
    for (size_t length = 0;;) {
        ssize_t more = read(0, input + length, sizeof input - length - 1);
        if (more <= 0)
            break;
        length += (size_t)more;
    }
    configure(input);
    return 0;
}

static int asnodeadmin(int argc, char **argv) {
    if (argc > 1 && !strcmp(argv[1], "-a")) {
        int has_password = 0;
        for (int i = 2; i < argc; i++)
            has_password |= !strcmp(argv[i], "-p");
        if (!has_password)
            ask("Password: ");
        mark_done("api_user");
        return 0;
    }
    puts("List of node user(s):\n  user  system/transfer user  acls\n"
         "====================    =======================    ====================");
    if (is_done("api_user"))
        puts("node_user faspex");
    return 0;
}

static int dscl(char **argv) {
    if (strstr(argv[3], "root")) {
        puts(is_done("root") ? "AuthenticationAuthority: ;ShadowHash;"
                             : "No such key: AuthenticationAuthority");
        return 0;
    }
    if (!is_done("account")) {
        fputs("<dscl_cmd> DS Error: -14136 (eDSRecordNotFound)\n", stderr);
        return 56;
    }
    puts("UniqueID: 502\nRealName: faspex\nNFSHomeDirectory: /Users/faspex\n"
         "UserShell: /bin/bash");
    return 0;
}

static int dsenableroot(int argc) {
    if (argc == 1) {
        ask("user password: ");
        ask("root password: ");
        ask("verify root password: ");
    }
    mark_done("root");
    return 0;
}

static int sysadminctl(int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i++)
        if (!strcmp(argv[i], "-password") && !strcmp(argv[i + 1], "-"))
            ask("Password: ");
    mark_done("account");
    return 0;
}

static int print_stat(char **argv) {
    if (is_done("dir")) {
        puts("faspex:staff:755:Directory");
        return 0;
    }
    fprintf(stderr, "stat: %s: stat: No such file or directory\n", argv[3]);
    return 1;
}

/* A service is down between its stop and its start, and then has another PID. */
static void launchctl(char **argv) {
    char stopped[256];
    const char *label = argv[2];
    if (!strncmp(label, "system/", strlen("system/")))
        label += strlen("system/");
    snprintf(stopped, sizeof stopped, "%s.stopped", label);
    if (!strcmp(argv[1], "stop"))
        mark_done(stopped);
    if (!strcmp(argv[1], "start"))
        mark_done(label);
    if (strcmp(argv[1], "print"))
        return;
    if (is_done(stopped) && !is_done(label))
        printf("%s = {\n\tstate = not running\n}\n", argv[2]);
    else
        printf("%s = {\n\tstate = running\n\tpid = %d\n}\n", argv[2], 401 + is_done(label));
}

/* `authorized-keys list|add --user NAME FILE` */
static int ascript(char **argv) {
    char key[1024];
    if (strcmp(argv[2], "list")) {
        if (read(0, key, sizeof key) <= 0)
            return 1;
        mark_done("key");
    } else if (is_done("key")) {
        FILE *file = fopen(in_node("var/aspera_tokenauth_id_rsa.pub"), "r");
        if (!file || !fgets(key, sizeof key, file))
            return 1;
        printf("key: %s", key);
    }
    return 0;
}

static int peak(char **argv) {
    struct rusage usage;
    int status;
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 1);
        dup2(null, 2);
        execv(argv[1], argv + 1);
        _exit(127);
    }
    wait4(child, &status, 0, &usage);
    printf("%ld\n", usage.ru_maxrss);
    return status != 0;
}

int main(int argc, char **argv) {
    const char *name = strrchr(argv[0], '/');
    name = name ? name + 1 : argv[0];
    if (!strcmp(name, "peak"))
        return peak(argv);
    /* NODE/bin/NAME */
    snprintf(node, sizeof node, "%.*s", (int)(name - argv[0] - (long)strlen("/bin/")), argv[0]);
    if (!strcmp(name, "asconfigurator"))
        return asconfigurator(argc, argv);
    if (!strcmp(name, "asnodeadmin"))
        return asnodeadmin(argc, argv);
    if (!strcmp(name, "ascp")) {
        puts("IBM Aspera High-Speed Transfer Server version 4.4.5.1646\n"
             "ascp version 4.4.5.1646\n"
             "Connect Server License max rate=10000 Mbps, account no.=1, license no.=1. "
             "Expiration date: Mon Dec 31 23:59:59 2035\n"
             "Enabled settings: connect, node and http_fallback_server");
        return 0;
    }
    if (!strcmp(name, "ascript"))
        return ascript(argv);
    if (!strcmp(name, "dscl"))
        return dscl(argv);
    if (!strcmp(name, "dseditgroup"))
        return is_done("account") ? 0 : 67;
    if (!strcmp(name, "dsenableroot"))
        return dsenableroot(argc);
    if (!strcmp(name, "sysadminctl"))
        return sysadminctl(argc, argv);
    if (!strcmp(name, "stat"))
        return print_stat(argv);
    if (!strcmp(name, "install") || !strcmp(name, "mkdir"))
        mark_done("dir");
    if (!strcmp(name, "launchctl"))
        launchctl(argv);
    return 0;
}
