"""Makes the images of this folder that no encoder writes by itself, and expected.json: what an
image viewer shows of each image on a white page. Needs Pillow 12, cwebp and webpmux.

Expected pixels are Pillow's, turned upright by ImageOps.exif_transpose and laid on white by
Image.alpha_composite, except where Pillow does something that no viewer does: 16-bit grey is
clipped at 255 (here: the high 8 bits), and what a first frame leaves free of its canvas is given a
colour of the palette (here: white).
"""
import base64
import io
import json
import os
import struct
import subprocess
import zlib

import numpy as np
from PIL import Image, ImageOps

HERE = os.path.dirname(os.path.abspath(__file__))
W, H = 24, 17
FORMATS = ('.png', '.jpg', '.webp', '.gif')


def path(name):
    return os.path.join(HERE, name)


def write(name, data):
    with open(path(name), 'wb') as out:
        out.write(data)


def read(name):
    with open(path(name), 'rb') as file:
        return file.read()


def drawing(width=W, height=H):
    y, x = np.mgrid[0:height, 0:width]
    rgb = np.stack([x * 255 // (width - 1), y * 255 // (height - 1), (x * 9 + y * 5) % 256], -1)
    rgb[3:9, 4:12] = [250, 20, 30]
    return rgb.astype(np.uint8)


def png(name, depth, kind, rows, trns=None, palette=None):
    """rows: one bytes object for each row, packed already"""
    def chunk(tag, body):
        return struct.pack('>I', len(body)) + tag + body + struct.pack('>I', zlib.crc32(tag + body))
    data = b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', W, H, depth, kind, 0, 0, 0))
    if palette is not None:
        data += chunk(b'PLTE', palette)
    if trns is not None:
        data += chunk(b'tRNS', trns)
    data += chunk(b'IDAT', zlib.compress(b''.join(b'\0' + row for row in rows)))
    write(name, data + chunk(b'IEND', b''))


def packed(samples, depth):
    rows = []
    for row in samples:
        bits = ''.join(format(int(v), '0%db' % depth) for v in row.flatten())
        bits += '0' * (-len(bits) % 8)
        rows.append(int(bits, 2).to_bytes(len(bits) // 8, 'big'))
    return rows


def on_white(rgb, alpha):
    picture = Image.fromarray(np.dstack([rgb, alpha]).astype(np.uint8), 'RGBA')
    white = Image.new('RGBA', picture.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, picture).convert('RGB')


made = {}


def make_pngs():
    y, x = np.mgrid[0:H, 0:W]
    for depth in (1, 2, 4, 8, 16):
        top = (1 << depth) - 1
        grey = (x * 7919 + y * 104729) % (top + 1)
        key = int(grey[5, 5])
        name = 'grey-%dbit-key.png' % depth
        png(name, depth, 0, packed(grey, depth), trns=struct.pack('>H', key))
        level = grey >> 8 if depth == 16 else grey * 255 // top
        made[name] = on_white(np.dstack([level] * 3), np.where(grey == key, 0, 255))
    wide = np.stack([(x * 2741) % 65536, (y * 3800 + 7) % 65536, (x * y * 97) % 65536], -1)
    wide[2:6, 3:9] = [0x1234, 0x5678, 0x9abc]
    wide[8:12, 3:9] = [0x1234, 0x5678, 0x9abd]  # as the key in 8 bits, but not in 16
    png('rgb-16bit-key.png', 16, 2, packed(wide, 16), trns=struct.pack('>HHH', 0x1234, 0x5678, 0x9abc))
    hidden = (wide == [0x1234, 0x5678, 0x9abc]).all(-1)
    made['rgb-16bit-key.png'] = on_white(wide >> 8, np.where(hidden, 0, 255))
    palette = bytes((i * 37 + c * 80) % 256 for i in range(4) for c in range(3))
    index = (x // 3 + y) % 4
    png('palette-2bit-alpha.png', 2, 3, packed(index, 2), trns=bytes([0, 100, 200]), palette=palette)
    made['palette-2bit-alpha.png'] = on_white(
        np.frombuffer(palette, np.uint8).reshape(-1, 3)[index], np.array([0, 100, 200, 255])[index])
    # one picture over, another one under the alpha
    alpha = np.clip((x + y) * 12 - 120, 0, 255)
    Image.fromarray(np.dstack([drawing(), alpha]).astype(np.uint8), 'RGBA').save(path('alpha-gradient.png'))
    for order in ('II', 'MM'):
        Image.fromarray(drawing()).save(path('exif-%s.png' % order), exif=exif(6, order))


def exif(value, order='II', prefix=b'Exif\0\0'):
    e = '<' if order == 'II' else '>'
    return prefix + order.encode() + struct.pack(e + 'HIHHHIHHI', 42, 8, 1, 274, 3, 1, value, 0, 0)


def make_jpegs():
    def save(mode='RGB', **options):
        out = io.BytesIO()
        Image.fromarray(drawing()).convert(mode).save(out, 'JPEG', quality=90, **options)
        return out.getvalue()

    base = save(subsampling=0)
    assert base[2:4] == b'\xff\xe0'
    jfif, rest = base[2:20], base[20:]

    def app(marker, body, length=None):
        return b'\xff' + bytes([marker]) + struct.pack('>H', length or len(body) + 2) + body

    def adobe(transform):
        return app(0xee, b'Adobe\0\x64\0\0\0\0' + bytes([transform]))

    def with_ids(data, ids):
        data = bytearray(data)
        for marker, first, step in ((b'\xff\xc0', 10, 3), (b'\xff\xda', 5, 2)):
            at = data.index(marker)
            for i, c in enumerate(ids):
                data[at + first + step * i] = c
        return bytes(data)

    soi = b'\xff\xd8'
    for transform in (0, 1, 2):
        write('jpeg-jfif-adobe%d.jpg' % transform, soi + jfif + adobe(transform) + rest)
        write('jpeg-adobe%d.jpg' % transform, soi + adobe(transform) + rest)
    write('jpeg-no-marker.jpg', soi + rest)
    write('jpeg-ids-rgb.jpg', soi + with_ids(rest, b'RGB'))
    write('jpeg-ids-rgb-jfif.jpg', soi + jfif + with_ids(rest, b'RGB'))
    write('jpeg-ids-other.jpg', soi + with_ids(rest, b'\x00\x01\x02'))
    write('jpeg-stray-bytes.jpg', soi + jfif + b'\x00\x12\xff\x00\x34' + rest[:rest.index(b'\xff\xc0')]
          + b'stray' + rest[rest.index(b'\xff\xc0'):])
    write('jpeg-short-adobe.jpg', soi + jfif + app(0xee, b'Adobe\0d') + rest)
    write('jpeg-adobe-without-length.jpg', soi + jfif + b'\xff\xee\x00\x00' + rest)
    write('jpeg-adobe-too-short-length.jpg', soi + jfif + app(0xee, b'Adobe\0\x64\0\0\0\0\2', 9) + rest)
    cmyk = save('CMYK')
    at = cmyk.index(b'Adobe') + 11
    for transform in (0, 1, 2):
        write('jpeg-cmyk-adobe%d.jpg' % transform, cmyk[:at] + bytes([transform]) + cmyk[at + 1:])
    for value in range(1, 9):
        write('jpeg-exif-%d.jpg' % value, soi + jfif + app(0xe1, exif(value, 'MM' if value % 2 else 'II')) + rest)
    write('jpeg-exif-cut.jpg', soi + app(0xe1, exif(6)[:20]) + rest)
    write('jpeg-exif-far.jpg', soi + app(0xe1, exif(6)[:10] + b'\xf0\xff\xff\xff' + exif(6)[14:]) + rest)
    write('jpeg-exif-nine.jpg', soi + app(0xe1, exif(9)) + rest)
    Image.fromarray(drawing()).convert('CMYK').transpose(5).save(path('jpeg-cmyk-exif.jpg'), exif=exif(8)[6:])


def make_gifs():
    index = ((np.mgrid[0:H, 0:W][1] // 2 + np.mgrid[0:H, 0:W][0]) % 8).astype(int)
    palette = bytes((i * 31 + c * 70) % 256 for i in range(8) for c in range(3))

    def gif(name, screen, frame, root, control=b''):
        x, y, w, h = frame
        bits, clear = root + 1, 1 << root
        stream, held, count = bytearray(), 0, 0
        codes = [clear]
        for i, v in enumerate(index[:h, :w].flatten()):
            codes.append(int(v))
            if i % 3 == 2:
                codes.append(clear)
        for code in codes + [clear + 1]:
            held |= code << count
            count += bits
            while count >= 8:
                stream.append(held & 255)
                held, count = held >> 8, count - 8
        stream.append(held & 255)
        blocks = b''.join(bytes([len(stream[i:i + 255])]) + stream[i:i + 255] for i in range(0, len(stream), 255))
        write(name, b'GIF89a' + struct.pack('<HHBBB', screen[0], screen[1], 0xa2, 0, 0) + palette + control
              + b',' + struct.pack('<HHHHB', x, y, w, h, 0) + bytes([root]) + blocks + b'\0;')

    gif('gif-code-size-8.gif', (W, H), (0, 0, W, H), 8)
    gif('gif-code-size-11.gif', (W, H), (0, 0, W, H), 11)
    gif('gif-small-frame-transparent.gif', (W, H), (5, 3, 10, 9), 8, b'!\xf9\x04\x01\0\0\x03\0')


def make_webps():
    def cwebp(name, source, *options):
        subprocess.run(['cwebp', '-quiet', *options, source, '-o', path(name)], check=True)

    rng = np.random.default_rng(5)
    noisy = np.clip(drawing(61, 45) + rng.normal(0, 20, (45, 61, 3)), 0, 255).astype(np.uint8)
    source = '/tmp/webp-source.png'
    Image.fromarray(noisy).save(source)
    settings = {'q0': '-q 0', 'q40': '-q 40', 'q95': '-q 95', 'simple-filter': '-q 30 -nostrong -f 70',
                'sharp': '-q 20 -f 100 -sharpness 6', 'no-filter': '-q 60 -f 0', 'one-segment': '-q 50 -segments 1 -m 0'}
    for name, options in settings.items():
        cwebp('webp-lossy-%s.webp' % name, source, *options.split())
    cwebp('webp-lossy-even.webp', source, '-crop', '0', '0', '32', '34', '-q', '50')
    cwebp('webp-lossy-1x1.webp', source, '-crop', '9', '9', '1', '1', '-q', '50')
    cwebp('webp-lossy-2x3.webp', source, '-crop', '9', '9', '2', '3', '-q', '50')
    y, x = np.mgrid[0:45, 0:61]
    alpha = np.clip((x + 2 * y) * 4 - 120, 0, 255)
    Image.fromarray(np.dstack([noisy, alpha]).astype(np.uint8), 'RGBA').save(source)
    for method in (0, 1):
        for kind in ('none', 'fast', 'best'):
            cwebp('webp-alpha-%d-%s.webp' % (method, kind), source, '-q', '60', '-exact',
                  '-alpha_method', str(method), '-alpha_filter', kind)
    cwebp('webp-alpha-coarse.webp', source, '-q', '60', '-alpha_q', '20')
    cwebp('webp-lossless-under-alpha.webp', source, '-lossless', '-exact')
    # the same opacities with each filter that encoders rarely choose
    small = alpha[:H, :W].astype(int)
    for number, filtered in ((1, 'horizontal'), (2, 'vertical'), (3, 'gradient')):
        predicted = np.zeros_like(small)
        for r in range(H):
            for c in range(W):
                left = small[r, c - 1] if c else None
                above = small[r - 1, c] if r else None
                if r == 0:
                    p = left if c else 0
                elif c == 0:
                    p = above
                else:
                    p = [left, above, max(0, min(255, left + above - small[r - 1, c - 1]))][number - 1]
                predicted[r, c] = p
        raw = ((small - predicted) % 256).astype(np.uint8).tobytes()
        out = io.BytesIO()
        Image.fromarray(noisy[:H, :W]).save(out, 'WEBP', quality=70)
        picture = out.getvalue()[12:]
        alph = b'ALPH' + struct.pack('<I', len(raw) + 1) + bytes([number << 2]) + raw
        alph += b'\0' * (len(alph) % 2)
        size = (W - 1).to_bytes(3, 'little') + (H - 1).to_bytes(3, 'little')
        body = b'WEBPVP8X' + struct.pack('<II', 10, 0x10) + size + alph + picture
        write('webp-alpha-%s.webp' % filtered, b'RIFF' + struct.pack('<I', len(body)) + body)
    Image.fromarray(drawing()).save(path('webp-exif-6.webp'), quality=80, exif=exif(6, 'MM'))
    Image.fromarray(drawing()).save(path('webp-exif-3-bare.webp'), lossless=True, exif=exif(3)[6:])
    for name, options in (('lossy', ('-q', '60')), ('lossless', ('-lossless',))):
        cwebp('frame.webp', source, '-crop', '0', '0', str(W), str(H), '-exact', *options)
        subprocess.run(['webpmux', '-frame', path('frame.webp'), '+100+6+4+0-b', '-frame', path('frame.webp'),
                        '+100+20+10+0-b', '-bgcolor', '255,10,200,10', '-o', path('webp-anim-%s.webp' % name)],
                       check=True, stderr=subprocess.DEVNULL)
    os.remove(path('frame.webp'))


def first_webp_frame(data):
    """The first frame's chunks as a file of its own, its place, and the canvas."""
    canvas = tuple(1 + int.from_bytes(data[i:i + 3], 'little') for i in (24, 27))
    pos = 12
    while data[pos:pos + 4] != b'ANMF':
        length = struct.unpack('<I', data[pos + 4:pos + 8])[0]
        pos += 8 + length + length % 2
    length = struct.unpack('<I', data[pos + 4:pos + 8])[0]
    header, chunks = data[pos + 8:pos + 24], data[pos + 24:pos + 8 + length]
    x, y, w, h = (int.from_bytes(header[i:i + 3], 'little') for i in (0, 3, 6, 9))
    vp8x = b'VP8X' + struct.pack('<II', 10, 0x10) + w.to_bytes(3, 'little') + h.to_bytes(3, 'little')
    body = b'WEBP' + (vp8x if chunks[:4] == b'ALPH' else b'') + chunks
    return b'RIFF' + struct.pack('<I', len(body)) + body, (2 * x, 2 * y), canvas


def flat(picture):
    """Frame 0 on white."""
    if picture.mode.startswith('I;16'):
        level = (np.array(picture).astype(int) >> 8).astype(np.uint8)
        return Image.fromarray(np.dstack([level] * 3))
    rgba = picture.convert('RGBA') if picture.mode not in ('CMYK',) else picture.convert('RGB').convert('RGBA')
    return Image.alpha_composite(Image.new('RGBA', rgba.size, (255, 255, 255, 255)), rgba).convert('RGB')


def viewed(name):
    if name in made:
        return made[name]
    data = read(name)
    if name.endswith('.webp') and b'ANMF' in data:
        frame, place, canvas = first_webp_frame(data)
        white = Image.new('RGB', canvas, (255, 255, 255))
        white.paste(flat(Image.open(io.BytesIO(frame))), place)
        return white
    try:
        picture = Image.open(io.BytesIO(data))
    except Exception as problem:
        raise ValueError(name) from problem
    box = picture.tile[0][1] if name.endswith('.gif') else None
    picture.load()
    shown = flat(picture)
    if box and tuple(box) != (0, 0) + picture.size:
        white = Image.new('RGB', picture.size, (255, 255, 255))
        white.paste(shown.crop(box), box)
        shown = white
    value = picture.getexif().get(274, 1)
    if value in range(2, 9):
        turned = shown.copy()
        turned.getexif()[274] = value
        shown = ImageOps.exif_transpose(turned)
    return shown


if __name__ == '__main__':
    make_pngs()
    make_jpegs()
    make_gifs()
    make_webps()
    cases = {}
    for name in sorted(os.listdir(HERE)):
        if name.endswith(FORMATS):
            picture = viewed(name)
            cases[name] = {'width': picture.width, 'height': picture.height,
                           'rgb_zlib': base64.b64encode(zlib.compress(picture.tobytes(), 9)).decode()}
    with open(path('expected.json'), 'w') as out:
        json.dump({'made_by': 'make-fixtures.py', 'cases': cases}, out, indent=0)
        out.write('\n')
    print(len(cases), 'cases')
