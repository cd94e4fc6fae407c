/* Mounts a file system of the caller's own, as any user may: drive SOURCE FOLDER CONTENTS [OPTION]
 *
 * It shows the files below CONTENTS, and says that all of them belong to root. Where CONTENTS is `dead`, it never answers.
 * SOURCE is what /proc/self/mountinfo then says; OPTION is for fusermount3, say `subtype=drvfs`. The server goes on in the
 * background, and ends when the folder is unmounted or its process is killed. Status 3: this machine does not allow it. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NODES = 4096, REQUEST = 1 << 20 };

/* Number of a node: place in this list; 1 is the root. */
static char *paths[NODES];
static int nodes = 1;
static int device;

static unsigned long node_of(const char *path) {
    for (int i = 1; i <= nodes && i < NODES; i++)
        if (paths[i] && !strcmp(paths[i], path)) return (unsigned long)i;
    if (nodes + 1 >= NODES) exit(4);
    paths[++nodes] = strdup(path);
    return (unsigned long)nodes;
}

static void reply(const struct fuse_in_header *in, int error, const void *data, size_t length) {
    static char out[REQUEST];
    struct fuse_out_header header = {.len = (unsigned)(sizeof header + length), .error = -error, .unique = in->unique};
    memcpy(out, &header, sizeof header);
    if (length) memcpy(out + sizeof header, data, length);
    if (write(device, out, sizeof header + length) < 0 && errno == ENODEV) exit(0);
}

static int attributes(const char *path, unsigned long node, struct fuse_attr *attr) {
    struct stat st;
    if (lstat(path, &st) < 0) return errno;
    *attr = (struct fuse_attr){
        .ino = node, .size = (unsigned long)st.st_size, .blocks = (unsigned long)st.st_blocks, .mode = st.st_mode, .nlink = 1, .blksize = 4096};
    return 0;
}

/* SCM_RIGHTS from fusermount3. */
static int receive(int from) {
    char byte, control[CMSG_SPACE(sizeof(int))];
    struct iovec vector = {&byte, 1};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    if (recvmsg(from, &message, 0) <= 0 || !CMSG_FIRSTHDR(&message)) return -1;
    int got;
    memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof got);
    return got;
}

static int mount_by_helper(const char *source, const char *folder, const char *option) {
    int ends[2], status;
    char options[300], number[20];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0) return -1;
    snprintf(options, sizeof options, "fsname=%s,allow_other%s%s", source, option ? "," : "", option ? option : "");
    snprintf(number, sizeof number, "%d", ends[0]);
    pid_t child = fork();
    if (child == 0) {
        setenv("_FUSE_COMMFD", number, 1);
        execlp("fusermount3", "fusermount3", "-o", options, "--", folder, (char *)0);
        _exit(127);
    }
    close(ends[0]);
    int got = receive(ends[1]);
    waitpid(child, &status, 0);
    return got;
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    device = mount_by_helper(argv[1], argv[2], argc > 4 ? argv[4] : 0);
    if (device < 0) return 3;
    pid_t child = fork();
    if (child != 0) _exit(0);
    setsid();
    paths[1] = argv[3];
    int dead = !strcmp(argv[3], "dead");
    static char buffer[REQUEST], data[REQUEST];
    for (;;) {
        ssize_t length = read(device, buffer, sizeof buffer);
        if (length < 0 && (errno == ENOENT || errno == EINTR || errno == EAGAIN)) continue;
        if (length < (ssize_t)sizeof(struct fuse_in_header)) return 0;
        struct fuse_in_header *in = (void *)buffer;
        char *body = buffer + sizeof *in, path[4096];
        const char *own = in->nodeid < NODES && paths[in->nodeid] ? paths[in->nodeid] : "/nonexistent";
        int error;
        if (in->opcode == FUSE_INIT) {
            struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_readahead = 65536, .max_write = 65536};
            reply(in, 0, &init, sizeof init);
            /* A request that was read could not even be interrupted by a signal that kills. */
            while (dead) pause();
            continue;
        }
        switch (in->opcode) {
        case FUSE_LOOKUP: {
            struct fuse_entry_out entry = {0};
            snprintf(path, sizeof path, "%.2000s/%.255s", own, body);
            struct stat st;
            if (lstat(path, &st) < 0) {
                reply(in, errno, 0, 0);
                break;
            }
            entry.nodeid = node_of(path);
            error = attributes(path, entry.nodeid, &entry.attr);
            reply(in, error, &entry, error ? 0 : sizeof entry);
            break;
        }
        case FUSE_MKNOD: {
            struct fuse_mknod_in *want = (void *)body;
            struct fuse_entry_out entry = {0};
            snprintf(path, sizeof path, "%.2000s/%.255s", own, body + sizeof *want);
            if (mknod(path, want->mode, 0) < 0) {
                reply(in, errno, 0, 0);
                break;
            }
            entry.nodeid = node_of(path);
            error = attributes(path, entry.nodeid, &entry.attr);
            reply(in, error, &entry, error ? 0 : sizeof entry);
            break;
        }
        case FUSE_GETATTR: {
            struct fuse_attr_out out = {0};
            error = attributes(own, in->nodeid, &out.attr);
            reply(in, error, &out, error ? 0 : sizeof out);
            break;
        }
        case FUSE_READLINK:
            length = readlink(own, data, sizeof data);
            reply(in, length < 0 ? errno : 0, data, length < 0 ? 0 : (size_t)length);
            break;
        case FUSE_OPEN:
        case FUSE_OPENDIR: {
            struct fuse_open_out out = {0};
            reply(in, 0, &out, sizeof out);
            break;
        }
        case FUSE_READ: {
            struct fuse_read_in *want = (void *)body;
            int file = open(own, O_RDONLY);
            length = file < 0 ? -1 : pread(file, data, want->size < 65536 ? want->size : 65536, (off_t)want->offset);
            reply(in, length < 0 ? EIO : 0, data, length < 0 ? 0 : (size_t)length);
            if (file >= 0) close(file);
            break;
        }
        case FUSE_READDIR: {
            struct fuse_read_in *want = (void *)body;
            size_t used = 0;
            unsigned long place = 0;
            DIR *folder = opendir(own);
            for (struct dirent *found; folder && (found = readdir(folder));) {
                size_t name = strlen(found->d_name), size = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + name);
                if (++place <= want->offset) continue;
                if (used + size > want->size) break;
                struct fuse_dirent *entry = (void *)(data + used);
                memset(entry, 0, size);
                entry->ino = found->d_ino;
                entry->off = place;
                entry->namelen = (unsigned)name;
                entry->type = found->d_type;
                memcpy(entry->name, found->d_name, name);
                used += size;
            }
            if (folder) closedir(folder);
            reply(in, 0, data, used);
            break;
        }
        case FUSE_STATFS: {
            struct fuse_statfs_out out = {.st = {.bsize = 4096, .frsize = 4096, .namelen = 255, .blocks = 1000, .bfree = 1000, .bavail = 1000}};
            reply(in, 0, &out, sizeof out);
            break;
        }
        case FUSE_RELEASE:
        case FUSE_RELEASEDIR:
        case FUSE_FLUSH:
        case FUSE_ACCESS:
            reply(in, 0, 0, 0);
            break;
        case FUSE_FORGET:
        case FUSE_BATCH_FORGET:
        case FUSE_INTERRUPT:
            break;
        default:
            reply(in, ENOSYS, 0, 0);
        }
    }
}
