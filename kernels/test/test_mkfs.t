#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The guests' file system: mkfs makes the same bytes every time, and they are whole on a device.
set -u
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin

mkfs=$(cd "$(dirname "$0")/../guest" && pwd)/mkfs
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
nr=0 failed=0

ok() { # STATUS TEXT
	nr=$((nr + 1))
	if [ "$1" -eq 0 ]; then echo "ok $nr - $2"; else echo "not ok $nr - $2"; failed=1; fi
}
sound() { truncate -s 64M "$1" && e2fsck -fn "$1" >/dev/null 2>&1; }

"$mkfs" "$tmp/a" && [ "$(stat -c %s "$tmp/a")" -lt 65536 ]
ok $? "an image of a few blocks is made"
sleep 1.1
(cd "$tmp" && TZ=Asia/Tokyo MKE2FS_CONFIG=/nonexistent "$mkfs" b)
cmp "$tmp/a" "$tmp/b"
ok $? "a second later, in another folder and time zone: the same bytes"
sound "$tmp/a"
ok $? "e2fsck finds nothing wrong once zeros follow"
head -c 36864 "$tmp/b" >"$tmp/c"
! sound "$tmp/c"
ok $? "e2fsck finds fault when one block less is kept"
mkdir "$tmp/d"
sed 's/-N 16/-N 4096/' "$mkfs" >"$tmp/d/mkfs"
cp "$(dirname "$mkfs")/mke2fs.conf" "$tmp/d/"
! bash "$tmp/d/mkfs" "$tmp/e" 2>"$tmp/err" && [ ! -e "$tmp/e" ]
ok $? "metadata beyond the cut is an error, not a broken image"

echo "1..$nr"
exit $failed
