# The gateway's image: built in one stage by the script that CI runs too, shipped in another without a compiler, an
# installer of packages, Node or root's rights. Settings come from CERTGATEWAY_* at run time; none is baked in.
ARG PYTHON=3.13-slim

FROM python:${PYTHON} AS build
WORKDIR /source
COPY . .
RUN tools/build_image.sh /opt/certgateway

FROM python:${PYTHON}
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/certgateway --create-home certgateway
COPY --from=build /opt/certgateway /opt/certgateway
ENV PATH=/opt/certgateway/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER certgateway
WORKDIR /var/lib/certgateway
VOLUME /var/lib/certgateway
EXPOSE 8080
# Ready means that the store answers; a gateway that cannot keep a message must not be sent one.
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ.get('CERTGATEWAY_PORT', '8080')}/readyz\", timeout=2)"]
ENTRYPOINT ["certgateway"]
CMD ["serve"]
