#!/bin/sh
# Lets the kernel kill one process, and no other: `tail /dev/zero`, which looks for the end of an endless
# line, in a memory control group of its own with a limit of 64 MiB. As root; cgroup v1 or v2.
set -eu
name=sysmon-example-$$

if [ -e /sys/fs/cgroup/memory/memory.limit_in_bytes ]; then
  group=/sys/fs/cgroup/memory/$name
  limit=$group/memory.limit_in_bytes
else
  echo +memory > /sys/fs/cgroup/cgroup.subtree_control
  group=/sys/fs/cgroup/$name
  limit=$group/memory.max
fi
mkdir "$group"
# A killed process leaves its group a moment after its parent has heard of it.
trap 'rmdir "$group" || { sleep 1; rmdir "$group"; }' EXIT
echo $((64 * 1024 * 1024)) > "$limit"
# With swap it would be killed too, only later.
if [ -e "$group/memory.swap.max" ]; then echo 0 > "$group/memory.swap.max"; fi

sh -c 'echo $$ > "$1/cgroup.procs" && exec tail /dev/zero' sh "$group" && status=0 || status=$?
# 128 and the number of SIGKILL.
if [ "$status" -ne 137 ]; then
  echo "cause-a-kill: the kernel killed nothing (exit status $status)" >&2
  exit 1
fi
echo "the kernel has killed a process of the group /$name"
