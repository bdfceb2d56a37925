#!/usr/bin/env bash
# Runs the tests of vector code with AVX-512 on an emulated processor that has it, for machines without: run.sh
# Bochs boots a kernel of Debian with nothing but the test binaries. It takes a quarter of an hour on one core.
# Needs Debian 12 and, the first time, root: it installs the emulator and what makes a disk.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/.cache/avx512
# Each line: a package with kernels of its own, and its tests.
tests='./ops/internal/blas Products|Chains|Dots
./ops/tree VectorCode'

mkdir -p "$work/disk/boot/grub" "$work/files/dev"
for tool in bochs grub-mkrescue xorriso mformat cpio; do
  if ! command -v "$tool" >/dev/null; then
    apt-get install -y -qq --no-install-recommends bochs bochsbios vgabios grub-pc-bin grub-common xorriso mtools cpio >/dev/null
    break
  fi
done
if ! [ -e "$work/disk/boot/vmlinuz" ]; then
  kernel=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-.*\)/\1/p' | head -1)
  (cd "$work" && apt-get download -qq "$kernel" && dpkg-deb -x "$kernel"_*.deb kernel && rm "$kernel"_*.deb)
  cp "$work"/kernel/boot/vmlinuz-* "$work/disk/boot/vmlinuz"
  rm -rf "$work/kernel"
fi

export CGO_ENABLED=0 GOFLAGS=-mod=readonly
: >"$work/files/tests"
while read -r package pattern; do
  (cd "$root" && go test -c -o "$work/files/$(basename "$package").test" "$package")
  echo "/$(basename "$package").test $pattern" >>"$work/files/tests"
done <<<"$tests"
(cd "$here" && go build -o "$work/files/init" .)
(cd "$work/files" && find . | cpio -o -H newc 2>/dev/null | gzip -1 >"$work/disk/boot/initrd.gz")

# The emulator has the states of registers in the old layout only.
cat >"$work/disk/boot/grub/grub.cfg" <<'END'
set timeout=0
serial --unit=0 --speed=115200
terminal_output serial
menuentry tests {
  linux /boot/vmlinuz console=ttyS0 quiet nokaslr clearcpuid=xsavec,xsaves mitigations=off tsc=reliable clocksource=tsc rdinit=/init
  initrd /boot/initrd.gz
}
END
cd "$work"
grub-mkrescue -o disk.iso disk 2>/dev/null
cat >bochsrc <<'END'
display_library: rfb, options="timeout=0"
cpu: model=corei7_skylake_x, count=1, ips=200000000
memory: guest=512, host=512
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
ata0: enabled=1
ata0-master: type=cdrom, path=disk.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=serial.txt
log: bochs.log
panic: action=report
error: action=ignore
info: action=ignore
clock: sync=none, time0=local
END

: >serial.txt
(echo c; sleep 7200) | bochs -q -f bochsrc >bochs.out 2>&1 &
emulator=$!
trap 'pkill -P $emulator 2>/dev/null; kill $emulator 2>/dev/null || true' EXIT
for _ in $(seq 3600); do
  said=$(tr -d '\r' <serial.txt 2>/dev/null || true)
  ended=$(grep '^ended: ' <<<"$said" || true)
  if [ -n "$ended" ]; then
    grep -E '^(---|[[:space:]]+---|.*_test.go|ok|FAIL|panic|ended: )' <<<"$said" || true
    [ "$ended" = "ended: ok" ]
    exit
  fi
  sleep 2
done
echo "the tests have not ended within two hours: see $work/serial.txt" >&2
exit 1
