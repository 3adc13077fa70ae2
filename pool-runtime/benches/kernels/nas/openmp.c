/* The kernels of this directory in C, the same loops with a pragma on each. Prints what one run
 * takes, in seconds, and a number that says what it found. The time is the median of as many runs
 * as 0.15 s allow, from 3 to 31. Without OpenMP, they are on one processor after the other, and the
 * time is that of their mean speed: a processor may be half of a core that others use as well.
 *
 *     cc -O3 [-fopenmp] openmp.c -lm && ./a.out KERNEL SIZE
 */
#define _GNU_SOURCE
#include <math.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

static volatile double kept; /* What is computed must not be thought away. */

static int compare_double(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static double *numbers(size_t n) { return calloc(n, sizeof(double)); }

/* ---- EP ---- */

static long size;

static double uniform(uint64_t k) { return (mix(k) >> 11) * (2.0 / 9007199254740992.0) - 1.0; }

static void ep(void) {
    long seeds = size / 64;
    double q[10] = {0}, sx = 0, sy = 0;
#pragma omp parallel for reduction(+ : q[:10], sx, sy)
    for (long k = 0; k < seeds; k++) {
        for (long i = 0; i < 64; i++) {
            uint64_t at = 2 * (k * 64 + i);
            double x = uniform(at), y = uniform(at + 1), t = x * x + y * y;
            if (t <= 1.0 && t > 0.0) {
                double factor = sqrt(-2.0 * log(t) / t);
                x *= factor;
                y *= factor;
                q[(int)fmax(fabs(x), fabs(y))] += 1.0;
                sx += x;
                sy += y;
            }
        }
    }
    kept = q[0] + sx + sy;
}

/* ---- CG ---- */

static long *row, *col;
static double *a, *cz, *cq, *cr, *cp;

typedef struct {
    long j;
    double x;
} entry;

static int compare_entry(const void *one, const void *other) {
    long x = ((const entry *)one)->j, y = ((const entry *)other)->j;
    return (x > y) - (x < y);
}

static void cg_start(void) {
    long n = size, *length = calloc(n, sizeof(long));
    entry **rows = calloc(n, sizeof(entry *));
    for (long i = 0; i < n; i++) rows[i] = malloc(256 * sizeof(entry));
    for (long i = 0; i < n; i++) {
        for (long k = 0; k < 28; k++) {
            uint64_t noise = mix(i * 32 + k);
            long j = noise % n;
            double x = (noise >> 40) / 3e7;
            if (i == j || length[i] > 250 || length[j] > 250) continue;
            rows[i][length[i]++] = (entry){j, x};
            rows[j][length[j]++] = (entry){i, x};
        }
        rows[i][length[i]++] = (entry){i, 40.0};
    }
    row = calloc(n + 1, sizeof(long));
    for (long i = 0; i < n; i++) row[i + 1] = row[i] + length[i];
    col = calloc(row[n], sizeof(long));
    a = numbers(row[n]);
    for (long i = 0; i < n; i++) {
        qsort(rows[i], length[i], sizeof(entry), compare_entry);
        for (long k = 0; k < length[i]; k++) {
            col[row[i] + k] = rows[i][k].j;
            a[row[i] + k] = rows[i][k].x;
        }
        free(rows[i]);
    }
    free(rows);
    free(length);
    cz = numbers(n), cq = numbers(n), cr = numbers(n), cp = numbers(n);
}

static void multiply(const double *p, double *q) {
#pragma omp parallel for
    for (long j = 0; j < size; j++) {
        double sum = 0.0;
        for (long k = row[j]; k < row[j + 1]; k++) sum += a[k] * p[col[k]];
        q[j] = sum;
    }
}

static double dot(const double *p, const double *q) {
    double d = 0.0;
#pragma omp parallel for reduction(+ : d)
    for (long j = 0; j < size; j++) d += p[j] * q[j];
    return d;
}

static void cg(void) {
    for (long j = 0; j < size; j++) cz[j] = cq[j] = 0.0, cr[j] = cp[j] = 1.0;
    double rho = dot(cr, cr);
    for (int step = 0; step < 25; step++) {
        multiply(cp, cq);
        double alpha = rho / dot(cp, cq), before = rho;
        rho = 0.0;
#pragma omp parallel for reduction(+ : rho)
        for (long j = 0; j < size; j++) {
            cz[j] += alpha * cp[j];
            cr[j] -= alpha * cq[j];
            rho += cr[j] * cr[j];
        }
        double beta = rho / before;
#pragma omp parallel for
        for (long j = 0; j < size; j++) cp[j] = cr[j] + beta * cp[j];
    }
    multiply(cz, cq);
    kept = dot(cz, cq);
}

/* ---- IS ---- */

static uint32_t *keys, *counts;
static long largest;

static void is_start(void) {
    largest = size >= (1 << 20) ? 1 << 16 : 1 << 11;
    keys = calloc(size, sizeof(uint32_t));
    counts = calloc(largest, sizeof(uint32_t));
    for (long i = 0; i < size; i++)
        for (long k = 0; k < 4; k++) keys[i] += mix(i * 4 + k) % (largest / 4);
}

static void is(void) {
    for (int round = 0; round < 5; round++) {
        keys[round] = round;
        keys[round + 5] = largest - round - 1;
        memset(counts, 0, largest * sizeof(uint32_t));
#pragma omp parallel for reduction(+ : counts[:largest])
        for (long i = 0; i < size; i++) counts[keys[i]]++;
        for (long k = 1; k < largest; k++) counts[k] += counts[k - 1];
        kept = counts[largest / 2];
    }
}

/* ---- FT ---- */

typedef struct {
    double re, im;
} complex;

static complex *fx, *fy, *first, *roots, *factors;

static complex times(complex x, complex y) {
    return (complex){x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re};
}

static void transform(complex *x) {
    long n = size;
    for (long i = 0, j = 0; i < n; i++) {
        if (i < j) {
            complex t = x[i];
            x[i] = x[j];
            x[j] = t;
        }
        long bit = n >> 1;
        for (; bit && (j & bit); bit >>= 1) j ^= bit;
        j |= bit;
    }
    for (long half = 1; half < n; half *= 2)
        for (long start = 0; start < n; start += 2 * half)
            for (long k = 0; k < half; k++) {
                complex u = x[start + k];
                complex v = times(x[start + k + half], roots[k * (n / (2 * half))]);
                x[start + k] = (complex){u.re + v.re, u.im + v.im};
                x[start + k + half] = (complex){u.re - v.re, u.im - v.im};
            }
}

static void ft_start(void) {
    long n = size, all = n * n * n;
    fx = calloc(all, sizeof(complex)), fy = calloc(all, sizeof(complex));
    first = calloc(all, sizeof(complex)), roots = calloc(n, sizeof(complex));
    factors = calloc(61, sizeof(complex));
    double pi = acos(-1.0);
    for (long k = 0; k < n; k++) roots[k] = (complex){cos(-2 * pi * k / n), sin(-2 * pi * k / n)};
    for (long k = 0; k < 61; k++)
        factors[k] = (complex){cos(-2 * pi * k / 61), sin(-2 * pi * k / 61)};
    for (long i = 0; i < all; i++)
        first[i] = (complex){uniform(i) / 2 + 0.5, uniform(~(uint64_t)i) / 2 + 0.5};
}

static void ft(void) {
    long n = size;
    memcpy(fx, first, n * n * n * sizeof(complex));
    for (int round = 0; round < 2; round++) {
        for (int turn = 0; turn < 3; turn++) {
#pragma omp parallel for
            for (long r = 0; r < n * n; r++) transform(fx + r * n);
#pragma omp parallel for
            for (long r = 0; r < n * n; r++)
                for (long i = 0; i < n; i++) fy[r * n + i] = fx[(i * n + r / n) * n + r % n];
            complex *t = fx;
            fx = fy;
            fy = t;
        }
#pragma omp parallel for
        for (long r = 0; r < n * n; r++)
            for (long i = 0; i < n; i++) fx[r * n + i] = times(fx[r * n + i], factors[(r + i) % 61]);
    }
    double re = 0, im = 0;
#pragma omp parallel for reduction(+ : re, im)
    for (long r = 0; r < n * n; r++)
        for (long i = 0; i < n; i++) re += fx[r * n + i].re, im += fx[r * n + i].im;
    kept = re + im;
}

/* ---- MG ---- */

static const double A[4] = {-8.0 / 3.0, 0.0, 1.0 / 6.0, 1.0 / 12.0};
static const double C[4] = {-3.0 / 8.0, 1.0 / 32.0, -1.0 / 64.0, 0.0};
static const double W[4] = {0.5, 0.25, 0.125, 0.0625};
static double *mv, *mu[16], *mr[16];
static int top;

#define AT(u, k, j, i) u[((k) * (n + 2) + (j)) * (n + 2) + (i)]

static void around(const double *u, long n, long k, long j, double *faces, double *edges) {
    for (long i = 0; i < n + 2; i++) {
        faces[i] = AT(u, k, j - 1, i) + AT(u, k, j + 1, i) + AT(u, k - 1, j, i) + AT(u, k + 1, j, i);
        edges[i] = AT(u, k - 1, j - 1, i) + AT(u, k - 1, j + 1, i) + AT(u, k + 1, j - 1, i) +
                   AT(u, k + 1, j + 1, i);
    }
}

static double stencil(const double *r, const double *faces, const double *edges, long i,
                      const double *w) {
    return w[0] * r[i] + w[1] * (r[i - 1] + r[i + 1] + faces[i]) +
           w[2] * (edges[i] + faces[i - 1] + faces[i + 1]) + w[3] * (edges[i - 1] + edges[i + 1]);
}

static void residual(const double *u, const double *v, double *r, long n) {
#pragma omp parallel for
    for (long k = 1; k <= n; k++) {
        double faces[n + 2], edges[n + 2];
        for (long j = 1; j <= n; j++) {
            around(u, n, k, j, faces, edges);
            for (long i = 1; i <= n; i++)
                AT(r, k, j, i) = AT(v, k, j, i) - stencil(&AT(u, k, j, 0), faces, edges, i, A);
        }
    }
}

static void smooth(const double *r, double *u, long n) {
#pragma omp parallel for
    for (long k = 1; k <= n; k++) {
        double faces[n + 2], edges[n + 2];
        for (long j = 1; j <= n; j++) {
            around(r, n, k, j, faces, edges);
            for (long i = 1; i <= n; i++)
                AT(u, k, j, i) += stencil(&AT(r, k, j, 0), faces, edges, i, C);
        }
    }
}

static void restrict_to(const double *r, double *s, long n) {
    long half = n / 2;
#pragma omp parallel for
    for (long k = 1; k <= half; k++) {
        double faces[n + 2], edges[n + 2];
        for (long j = 1; j <= half; j++) {
            around(r, n, 2 * k, 2 * j, faces, edges);
            for (long i = 1; i <= half; i++)
                s[(k * (half + 2) + j) * (half + 2) + i] =
                    stencil(&AT(r, 2 * k, 2 * j, 0), faces, edges, 2 * i, W);
        }
    }
}

static void interpolate(const double *z, double *u, long n) {
    long h = n / 2 + 2;
#pragma omp parallel for
    for (long k = 1; k <= n; k++) {
        const double *low = z + k / 2 * h * h, *high = z + (k + 1) / 2 * h * h;
        for (long j = 1; j <= n; j++) {
            long j0 = j / 2 * h, j1 = (j + 1) / 2 * h;
            for (long i = 1; i <= n; i++) {
                long i0 = i / 2, i1 = (i + 1) / 2;
                AT(u, k, j, i) += 0.125 * (low[j0 + i0] + low[j0 + i1] + low[j1 + i0] +
                                           low[j1 + i1] + high[j0 + i0] + high[j0 + i1] +
                                           high[j1 + i0] + high[j1 + i1]);
            }
        }
    }
}

static void wrap(double *u, long n) {
#pragma omp parallel for
    for (long k = 1; k <= n; k++) {
        for (long j = 1; j <= n; j++) {
            AT(u, k, j, 0) = AT(u, k, j, n);
            AT(u, k, j, n + 1) = AT(u, k, j, 1);
        }
        for (long i = 0; i < n + 2; i++) {
            AT(u, k, 0, i) = AT(u, k, n, i);
            AT(u, k, n + 1, i) = AT(u, k, 1, i);
        }
    }
    long plane = (n + 2) * (n + 2);
    memcpy(u, u + n * plane, plane * sizeof(double));
    memcpy(u + (n + 1) * plane, u + plane, plane * sizeof(double));
}

static void clear(double *u, long n) {
    long plane = (n + 2) * (n + 2);
#pragma omp parallel for
    for (long k = 0; k < n + 2; k++)
        for (long i = 0; i < plane; i++) u[k * plane + i] = 0.0;
}

static void mg_start(void) {
    long n = size;
    for (top = -1; 2L << (top + 1) <= n; top++) {
        long m = (2L << (top + 1)) + 2;
        mu[top + 1] = numbers(m * m * m), mr[top + 1] = numbers(m * m * m);
    }
    mv = numbers((n + 2) * (n + 2) * (n + 2));
    for (uint64_t k = 0; k < 20; k++)
        AT(mv, mix(k * 3) % n + 1, mix(k * 3 + 1) % n + 1, mix(k * 3 + 2) % n + 1) =
            k % 2 == 0 ? 1.0 : -1.0;
}

static void mg(void) {
    clear(mu[top], size);
    residual(mu[top], mv, mr[top], size);
    wrap(mr[top], size);
    for (int cycle = 0; cycle < 2; cycle++) {
        for (int level = top; level >= 1; level--) {
            restrict_to(mr[level], mr[level - 1], 2L << level);
            wrap(mr[level - 1], 1L << level);
        }
        clear(mu[0], 2);
        smooth(mr[0], mu[0], 2);
        wrap(mu[0], 2);
        for (int level = 1; level <= top; level++) {
            long n = 2L << level;
            if (level < top) clear(mu[level], n);
            interpolate(mu[level - 1], mu[level], n);
            wrap(mu[level], n);
            residual(mu[level], level < top ? mr[level] : mv, mr[level], n);
            wrap(mr[level], n);
            smooth(mr[level], mu[level], n);
            wrap(mu[level], n);
        }
        residual(mu[top], mv, mr[top], size);
        wrap(mr[top], size);
    }
    double s = 0.0, max = 0.0, *r = mr[top];
    long n = size;
#pragma omp parallel for reduction(+ : s) reduction(max : max)
    for (long k = 1; k <= n; k++)
        for (long j = 1; j <= n; j++)
            for (long i = 1; i <= n; i++) {
                double x = AT(r, k, j, i);
                s += x * x;
                if (fabs(x) > max) max = fabs(x);
            }
    kept = s + max;
}

/* What a run takes, once it has run. */
static double median(void (*run)(void), double limit) {
    double times[31], begin = now();
    int runs = 0;
    run();
    while (runs < 31 && (runs < 3 || now() - begin < limit)) {
        double start = now();
        run();
        times[runs++] = now() - start;
    }
    qsort(times, runs, sizeof(double), compare_double);
    return times[runs / 2];
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*start)(void), (*run)(void);
    } kernels[] = {{"ep", NULL, ep}, {"cg", cg_start, cg}, {"is", is_start, is},
                   {"ft", ft_start, ft}, {"mg", mg_start, mg}};
    if (argc != 3) return 2;
    size = atol(argv[2]);
    for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
        if (strcmp(kernels[k].name, argv[1])) continue;
        if (kernels[k].start) kernels[k].start();
        cpu_set_t all;
        double speed = 0;
        int places = 0;
        if (sched_getaffinity(0, sizeof all, &all)) return 1;
#ifdef _OPENMP
        int most = 1;
#else
        int most = CPU_COUNT(&all) < 4 ? CPU_COUNT(&all) : 4;
#endif
        for (int cpu = 0; places < most; cpu++) {
            if (!CPU_ISSET(cpu, &all)) continue;
            cpu_set_t place;
            CPU_ZERO(&place);
            CPU_SET(cpu, &place);
            if (most > 1 && sched_setaffinity(0, sizeof place, &place)) return 1;
            speed += 1 / median(kernels[k].run, 0.15 / most);
            places++;
        }
        printf("%.9f %.7e\n", places / speed, kept);
        return 0;
    }
    return 2;
}
